/**
 * Training in float32 by WebAssembly. One memory holds everything: the training data, parameters and state, the tapes of
 * the step graph and of the forward graph for each size of batch, and the arena that their values share. A call takes
 * several steps without coming back to JavaScript, and no step allocates.
 */
import { outputUnits } from '../../model/inference'
import { INPUT } from '../../spec'
import { sizeOf } from '../../tensor/tensor'
import { Evaluator } from '../../train/evaluator'
import type { Samples } from '../../train/samples'
import { forwardGraph, scalarSource, stateSource, stepGraph, TARGETS } from '../../train/step-graph'
import { firstWithoutKernel } from '../../plan/lower'
import { ReferenceExecutor } from '../reference/training-executor'
import type { Batch, Forward, StepFailure, StepsTaken, TrainingExecutor, TrainingProblem } from '../training-executor'
import { bindKernels, type BoundKernels, type Kernels } from './kernels'
import { Layout } from './layout'
import { takeTables, type Tables } from './tables'
import { TapeProgram } from './tape-program'

/** Multiply-adds, or as much other work, of one call: a few milliseconds. */
const WORK_PER_CALL = 5e7
const MAX_STEPS_PER_CALL = 512
/** Bounds the tables: row numbers and outputs of one call. */
const MAX_ROWS_PER_CALL = 65_536
/** Rows of the validation data computed at once. */
const VALIDATION_ROWS = 256

interface Place {
  readonly address: number
  readonly length: number
}

/** Why a training cannot be run by these kernels. */
export interface Unsupported {
  /** The first primitive without a kernel. */
  readonly op: string
}

export class WasmExecutor implements TrainingExecutor {
  readonly name = 'wasm'
  readonly stepsPerCall: number
  readonly #problem: TrainingProblem
  readonly #kernels: BoundKernels
  readonly #units: number
  readonly #numbers: Float32Array
  readonly #words: Int32Array
  readonly #bytes: Uint8Array
  /** Parameters and state by the names of their sources. */
  readonly #places: ReadonlyMap<string, Place>
  /** All of those together, and where their copy is kept while steps are taken. */
  readonly #state: { readonly start: number; readonly end: number; readonly backup: number }
  readonly #tables: Tables
  readonly #steps: ReadonlyMap<number, TapeProgram>
  readonly #validation: ReadonlyMap<number, TapeProgram>
  readonly #rowsPerCall: number

  /** The executor, or the primitive that it has no kernel for. @throws ConfigError `model-too-large` */
  static create(problem: TrainingProblem, kernels: Kernels): WasmExecutor | Unsupported {
    const { model, loss, task, optimizer, config } = problem
    const op = firstWithoutKernel(stepGraph(model, loss, task, optimizer, config, 1).graph)
    return op === null ? new WasmExecutor(problem, kernels) : { op }
  }

  private constructor(problem: TrainingProblem, kernels: Kernels) {
    const { model, optimizer, config, batchSize, training, validation } = problem
    this.#problem = problem
    this.#units = outputUnits(model)
    const layout = new Layout()
    const scalars = optimizer.scalars(config, 1).map(({ name }) => scalarSource(name))
    const flag = layout.take(4)
    const scalarsAt = layout.take(4 * scalars.length)
    const sources = sourcesOf(problem)
    const start = layout.take(0)
    // Without gaps, each kind in the order of the parameters: updates that do the same then are one instruction.
    const stateValues = sources.reduce((sum, { data }) => sum + data.length, 0)
    layout.take(4 * stateValues)
    let at = start
    this.#places = new Map(
      sources.map(({ name, data }) => {
        const address = at
        at += 4 * data.length
        return [name, { address, length: data.length }] as const
      })
    )
    const data = [training, validation].map((samples) => ({
      samples,
      features: layout.take(4 * samples.features.data.length),
      targets: layout.take(4 * samples.targets.data.length)
    }))

    const trainingRows = rowsOf(training)
    const stepSizes = sizesOf(trainingRows, Math.min(batchSize, trainingRows))
    const validationSizes = sizesOf(rowsOf(validation), Math.min(VALIDATION_ROWS, rowsOf(validation)))
    this.#steps = new Map(stepSizes.map((rows) => [rows, stepProgram(problem, rows, layout)] as const))
    this.#validation = new Map(validationSizes.map((rows) => [rows, forwardProgram(problem, rows, layout)] as const))
    const [largest = 1] = stepSizes
    const work = this.#steps.get(largest)?.work ?? 1
    this.stepsPerCall = Math.max(
      1,
      Math.min(Math.floor(WORK_PER_CALL / work), MAX_STEPS_PER_CALL, Math.floor(MAX_ROWS_PER_CALL / largest))
    )
    const programs = [...this.#steps.values(), ...this.#validation.values()]
    this.#rowsPerCall = Math.max(this.stepsPerCall * largest, validationSizes[0] ?? 1)
    this.#tables = takeTables(layout, this.#rowsPerCall, this.#rowsPerCall, scalars.length, this.#units)
    this.#state = { start, end: start + 4 * stateValues, backup: layout.take(4 * stateValues) }
    const scratch = layout.take(Math.max(...programs.map(({ scratchBytes }) => scratchBytes)))
    const arena = layout.take(Math.max(...programs.map(({ arenaBytes }) => arenaBytes)))

    const memory = layout.createMemory()
    this.#numbers = new Float32Array(memory.buffer)
    this.#words = new Int32Array(memory.buffer)
    this.#bytes = new Uint8Array(memory.buffer)
    this.#kernels = bindKernels(kernels, memory)
    for (const { name, data } of sources) this.#numbers.set(data, this.#placeOf(name).address / 4)
    for (const { samples, features, targets } of data) {
      this.#numbers.set(samples.features.data, features / 4)
      this.#numbers.set(samples.targets.data, targets / 4)
    }
    const [trainingData, validationData] = data
    const shared = {
      source: (name: string) => {
        const scalar = scalars.indexOf(name)
        return scalar >= 0 ? scalarsAt + 4 * scalar : this.#placeOf(name).address
      },
      tables: this.#tables,
      scalars: scalarsAt,
      scalarCount: scalars.length,
      scratch,
      arena,
      flag
    }
    const dataOf = (place: typeof trainingData) => (name: string) =>
      (name === INPUT ? place?.features : place?.targets) ?? NaN
    for (const each of this.#steps.values()) each.write(memory.buffer, { ...shared, data: dataOf(trainingData) })
    for (const each of this.#validation.values())
      each.write(memory.buffer, { ...shared, scalarCount: 0, data: dataOf(validationData) })
  }

  takeSteps(batches: readonly Batch[]): StepsTaken {
    const losses: number[] = []
    const outputs: Float64Array[] = []
    let failure: StepFailure | null = null
    for (let done = 0; done < batches.length && failure === null;) {
      const size = batches[done]?.rows.length ?? 0
      let count = 1
      while (batches[done + count]?.rows.length === size && count < this.stepsPerCall) count++
      const part = batches.slice(done, done + count)
      const taken = this.#takeEqualSteps(this.#programOf(this.#steps, size), part)
      losses.push(...this.#read(this.#tables.losses, taken))
      outputs.push(this.#read(this.#tables.outputs, taken * size * this.#units))
      const failed = part[taken]
      if (failed !== undefined) failure = this.#explain(failed)
      done += count
    }
    const rows = outputs.reduce((sum, { length }) => sum + length, 0) / this.#units
    return { losses, outputs: { shape: [rows, this.#units], data: joined(outputs) }, failure }
  }

  validate(): Forward {
    const rows = rowsOf(this.#problem.validation)
    const outputs: Float64Array[] = []
    let loss = 0
    for (let done = 0; done < rows;) {
      const size = Math.min(VALIDATION_ROWS, rows - done)
      const count = Math.min(Math.floor((rows - done) / size), Math.max(1, Math.floor(this.#rowsPerCall / size)))
      for (let i = 0; i < count * size; i++) this.#words[this.#tables.rows / 4 + i] = done + i
      const taken = this.#kernels.takeSteps(this.#programOf(this.#validation, size).control, count)
      for (const mean of this.#read(this.#tables.losses, taken)) loss += (mean * size) / rows
      outputs.push(this.#read(this.#tables.outputs, taken * size * this.#units))
      // Float64 says where float32 ended.
      if (taken < count) return this.#referenceForward()
      done += count * size
    }
    return { loss, outputs: { shape: [rows, this.#units], data: joined(outputs) }, nonFiniteScope: null }
  }

  read(source: string): Float64Array {
    const { address, length } = this.#placeOf(source)
    return this.#read(address, length)
  }

  write(values: ReadonlyMap<string, Float64Array>): void {
    for (const [source, data] of values) this.#numbers.set(data, this.#placeOf(source).address / 4)
  }

  /** @returns steps taken; parameters and state are those after them */
  #takeEqualSteps({ control }: TapeProgram, batches: readonly Batch[]): number {
    const { start, end, backup } = this.#state
    const { rows, scalars } = this.#tables
    let at = rows / 4
    let scalarAt = scalars / 4
    for (const batch of batches) {
      this.#words.set(batch.rows, at)
      at += batch.rows.length
      for (const { value } of batch.scalars) this.#numbers[scalarAt++] = value
    }
    this.#bytes.copyWithin(backup, start, end)
    const taken = this.#kernels.takeSteps(control, batches.length)
    if (taken < batches.length) {
      // The failed step has written in part: the good ones are taken again, to the same bits.
      this.#bytes.copyWithin(start, backup, backup + end - start)
      this.#kernels.takeSteps(control, taken)
    }
    return taken
  }

  #explain(batch: Batch): StepFailure {
    const reference = new ReferenceExecutor(this.#problem)
    reference.write(new Map([...this.#places.keys()].map((name) => [name, this.read(name)] as const)))
    return reference.explain(batch)
  }

  #referenceForward(): Forward {
    const { model, loss, task, validation } = this.#problem
    const parameters = new Map(
      model.parameters.map(({ name, shape }) => [name, { shape, data: this.read(name) }] as const)
    )
    const forward = new Evaluator(model, loss, task).forward(parameters, validation)
    return { ...forward, loss: NaN }
  }

  #placeOf(source: string): Place {
    const place = this.#places.get(source)
    if (place === undefined) throw new Error(`There is no parameter and no state "${source}"`)
    return place
  }

  #programOf(programs: ReadonlyMap<number, TapeProgram>, rows: number): TapeProgram {
    const program = programs.get(rows)
    if (program === undefined) throw new Error(`There is no plan for a batch of ${rows} rows`)
    return program
  }

  #read(address: number, length: number): Float64Array {
    return new Float64Array(this.#numbers.subarray(address / 4, address / 4 + length))
  }
}

/** First values: all parameters, then each slot of the optimizer's state, all in the order of the parameters. */
function sourcesOf({ parameters, optimizer, config }: TrainingProblem): { name: string; data: Float64Array }[] {
  const entries = [...parameters]
  const slots = entries.map(([, { shape }]) => optimizer.init(shape, config))
  const most = Math.max(0, ...slots.map(({ length }) => length))
  const states = Array.from({ length: most }, (_, slot) =>
    entries.flatMap(([name], i) => {
      const state = slots[i]?.[slot]
      return state === undefined ? [] : [{ name: stateSource(state.name, name), data: state.initial.data }]
    })
  )
  return [...entries.map(([name, { data }]) => ({ name, data })), ...states.flat()]
}

function stepProgram(problem: TrainingProblem, rows: number, layout: Layout): TapeProgram {
  const { model, loss, task, optimizer, config } = problem
  const step = stepGraph(model, loss, task, optimizer, config, rows)
  const updates = step.updates.flatMap(({ name, parameter, state }) => [
    { source: name, node: parameter, checked: true },
    ...state.map(({ source, node }) => ({ source, node, checked: false }))
  ])
  return new TapeProgram(
    { graph: step.graph, gathered: [INPUT, TARGETS], updates },
    rows,
    step.loss,
    step.output,
    layout
  )
}

function forwardProgram({ model, loss, task }: TrainingProblem, rows: number, layout: Layout): TapeProgram {
  const forward = forwardGraph(model, loss, task, rows)
  const request = { graph: forward.graph, gathered: [INPUT, TARGETS], updates: [] }
  return new TapeProgram(request, rows, forward.loss, forward.output, layout)
}

function rowsOf({ targets }: Samples): number {
  return sizeOf(targets.shape)
}

/** The sizes of batches: the full one, and what is left at the end. */
function sizesOf(rows: number, batch: number): number[] {
  const rest = rows % batch
  return rest === 0 ? [batch] : [batch, rest]
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
