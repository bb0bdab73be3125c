/** Training in float64, one primitive after the other: the executor that the others are checked against. */
import type { NodeId } from '../../graph/graph'
import { Evaluator } from '../../train/evaluator'
import { copyRows, heldNumbers, rowSize } from '../../train/row-source'
import { fedTargets, type Samples } from '../../train/samples'
import { stateSource, stepGraph, TARGETS, type StepGraph } from '../../train/step-graph'
import { outputUnits } from '../../model/inference'
import { keptTensors } from '../../model/model'
import { INPUT } from '../../spec'
import { sizeOf, type Tensor } from '../../tensor/tensor'
import type {
  Batch,
  Forward,
  HeldNumbers,
  StepFailure,
  StepsTaken,
  TrainingExecutor,
  TrainingProblem
} from '../training-executor'
import { programShares, requireBytes, sumOf, withinMemory, type MemoryShares } from './memory'
import { ReferenceProgram } from './program'

interface PreparedStep extends StepGraph {
  readonly program: ReferenceProgram
  readonly input: Float64Array
  readonly targets: Float64Array
}

export class ReferenceExecutor implements TrainingExecutor {
  readonly name = 'reference'
  readonly threads = 1
  readonly notice = null
  readonly stepsPerCall = 1
  readonly #problem: TrainingProblem
  /** Of the training rows, as the step graph takes them. */
  readonly #targets: Tensor
  readonly #evaluator: Evaluator
  /** Values of the step graph's sources: parameters, buffers and optimizer state (updated in place), the batch, the scalars. */
  readonly #feeds = new Map<string, Float64Array>()
  /** Those of them that last: neither the batch nor the scalars. */
  readonly #held: readonly string[]
  readonly #prepared = new Map<number, PreparedStep>()

  constructor(problem: TrainingProblem) {
    const { model, optimizer, config, parameters } = problem
    this.#problem = problem
    this.#targets = fedTargets(problem.training, problem.rowWeights === true)
    this.#evaluator = new Evaluator(problem, 'reference')
    for (const [name, { data }] of parameters) this.#feeds.set(name, data.slice())
    for (const { name, shape } of model.parameters) {
      for (const slot of optimizer.init(shape, config)) {
        this.#feeds.set(stateSource(slot.name, name), slot.initial.data.slice())
      }
    }
    this.#held = [...this.#feeds.keys()]
  }

  /**
   * Takes all the memory that steps need, so that none of them fails for want of it.
   * @param available bytes that there are; not asked for unless given
   * @throws ConfigError `model-too-large`
   */
  prepare(available = Infinity): void {
    requireBytes(this.#shares(), available)
    this.#within(() => this.#stepSizes.forEach((rows) => this.#stepOf(rows)))
  }

  takeSteps(batches: readonly Batch[]): StepsTaken {
    return this.#within(() => this.#takeSteps(batches))
  }

  #takeSteps(batches: readonly Batch[]): StepsTaken {
    const units = outputUnits(this.#problem.model)
    const losses: number[] = []
    const outputs: Float64Array[] = []
    let failure: StepFailure | null = null
    for (const batch of batches) {
      const step = this.#stepOf(batch.rows.length)
      const { loss, failure: failed } = this.#run(step, batch)
      failure = failed
      if (failure !== null) break
      losses.push(loss)
      outputs.push(step.program.value(step.output).slice())
    }
    const rows = outputs.reduce((sum, { length }) => sum + length / units, 0)
    return { losses, outputs: { shape: [rows, units], data: joined(outputs) }, failure }
  }

  /** Why another executor's step failed that began here: as `takeSteps`, but every number must fit float32. */
  explain(batch: Batch): StepFailure {
    return this.#within(() => this.#explain(batch))
  }

  #explain(batch: Batch): StepFailure {
    const step = this.#stepOf(batch.rows.length)
    this.#compute(step, batch)
    const scope = step.program.firstBeyondFloat32()?.scope
    const bad = beyondFloat32(step)
    if (bad !== null && (scope === undefined || scope === 'optimizer')) return bad
    return { scope: scope ?? 'loss', what: 'numbers' }
  }

  validate(): Forward {
    const { model, validation } = this.#problem
    const parameters = new Map(
      keptTensors(model).map(({ name, shape }) => [name, { shape, data: this.#source(name) }] as const)
    )
    return this.#within(() => this.#evaluator.forward(parameters, validation))
  }

  get sources(): readonly string[] {
    return this.#held
  }

  read(source: string): Float64Array {
    return this.#source(source).slice()
  }

  copy(source: string): HeldNumbers {
    return this.read(source)
  }

  write(values: ReadonlyMap<string, HeldNumbers>): void {
    for (const [source, data] of values) this.#source(source).set(data)
  }

  close(): void {
    // One thread, its caller's.
  }

  #source(name: string): Float64Array {
    const values = this.#feeds.get(name)
    if (values === undefined) throw new Error(`There is no parameter and no state "${name}"`)
    return values
  }

  #run(step: PreparedStep, batch: Batch): { loss: number; failure: StepFailure | null } {
    this.#compute(step, batch)
    const loss = step.program.value(step.loss)[0] ?? NaN
    const bad = beyondFloat32(step)
    if (!Number.isFinite(loss) || bad !== null) {
      const what = Number.isFinite(loss) ? (bad?.what ?? 'weights') : 'numbers'
      return { loss, failure: { scope: firstBadScope(step, bad), what } }
    }
    this.#commit(step)
    return { loss, failure: null }
  }

  #compute(step: PreparedStep, batch: Batch): void {
    const { rows, scalars } = batch
    const { training } = this.#problem
    copyRows(training.features, rows, step.input, 0, batch)
    copyRows(this.#targets, rows, step.targets, 0, batch)
    this.#feeds.set(INPUT, step.input).set(TARGETS, step.targets)
    for (const { source, value } of scalars) this.#feeds.set(source, Float64Array.of(value))
    step.program.run(this.#feeds)
  }

  /** Parameters and optimizer state move together, and only when all numbers are finite. */
  #commit({ program, updates, buffers }: PreparedStep): void {
    for (const { source, node } of buffers) this.#source(source).set(program.value(node))
    for (const { name, parameter, state } of updates) {
      this.#source(name).set(program.value(parameter))
      for (const { source, node } of state) this.#source(source).set(program.value(node))
    }
  }

  /** Rows of the steps of an epoch: of all but the last, and of the last. */
  get #stepSizes(): ReadonlySet<number> {
    const { batchSize, oddBatch = 0, training } = this.#problem
    const [rows = 0] = training.targets.shape
    return new Set([Math.min(batchSize, rows), rows % batchSize, oddBatch].filter((size) => size > 0))
  }

  /** Everything that training holds: rows, weights and state (first values and current ones), and the programs. */
  #shares(): MemoryShares {
    const { model, training, validation, rowWeights = false } = this.#problem
    const samples = [training, validation].map((each) => heldOf(each, rowWeights))
    const held = [...this.#feeds].map(([, { length }]) => 2 * length)
    const steps = [...this.#stepSizes].map((rows) => {
      const step = stepGraph(this.#problem, rows)
      const batch = rows * (sizeOf(model.spec.inputShape) + rowSize(this.#targets))
      return sumOf([programShares(step.graph, wantedOf(step)), numbersOf([batch])])
    })
    const judged = this.#evaluator.memoryShares(validation.targets.shape[0] ?? 0)
    return sumOf([numbersOf([...samples, ...held]), ...steps, judged])
  }

  /** @throws ConfigError `model-too-large` when the work gets no memory */
  #within<T>(work: () => T): T {
    return withinMemory(() => this.#shares(), work)
  }

  /** The graph of a batch of this size, made at its first use: there are at most two sizes. */
  #stepOf(rows: number): PreparedStep {
    const kept = this.#prepared.get(rows)
    if (kept !== undefined) return kept
    const { model } = this.#problem
    const step = stepGraph(this.#problem, rows)
    const prepared = {
      ...step,
      program: new ReferenceProgram(step.graph, wantedOf(step)),
      input: new Float64Array(rows * sizeOf(model.spec.inputShape)),
      targets: new Float64Array(rows * rowSize(this.#targets))
    }
    this.#prepared.set(rows, prepared)
    return prepared
  }
}

/** Everything of a step that is looked at or kept. */
function wantedOf({ loss, output, updates, buffers }: StepGraph): NodeId[] {
  const moved = updates.flatMap(({ parameter, state }) => [parameter, ...state.map(({ node }) => node)])
  return [loss, output, ...moved, ...buffers.map(({ node }) => node)]
}

/** Numbers of samples. Where rows have weights, the targets are held once more, those behind them. */
function heldOf({ features, targets, weights }: Samples, weighted: boolean): number {
  const given = heldNumbers(features) + targets.data.length + (weights?.length ?? 0)
  return weighted ? given + targets.data.length + (targets.shape[0] ?? 0) : given
}

/** Float64 numbers that belong to no layer. */
function numbersOf(counts: readonly number[]): MemoryShares {
  return new Map([['loss', Float64Array.BYTES_PER_ELEMENT * counts.reduce((sum, count) => sum + count, 0)]])
}

function firstBadScope({ program }: PreparedStep, bad: StepFailure | null): string {
  const scope = program.firstNonFinite()?.scope
  // Numbers beyond float32 are finite in float64: then no node is bad and the update itself is.
  if (bad !== null && (scope === undefined || scope === 'optimizer')) return bad.scope
  return scope ?? 'loss'
}

/** The first new parameter or buffer that float32 does not hold. */
function beyondFloat32({ program, updates, buffers }: PreparedStep): StepFailure | null {
  const weights = updates.find(({ parameter }) => !fitsFloat32(program.value(parameter)))
  if (weights !== undefined) return { scope: weights.layer, what: 'weights' }
  const statistics = buffers.find(({ node }) => !fitsFloat32(program.value(node)))
  return statistics === undefined ? null : { scope: statistics.layer, what: 'statistics' }
}

/** Weights are saved and exported as float32, so they must be finite there. */
function fitsFloat32(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(Math.fround(values[i] ?? NaN))) return false
  return true
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const [first] = parts
  if (parts.length === 1 && first !== undefined) return first
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
