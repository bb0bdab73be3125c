/**
 * Training in float32 by WebAssembly. One memory holds everything: the training data (or, where rows are made when asked
 * for, those of one call: `RowPlaces`), parameters and state, the tapes of
 * the step graph and of the forward graph for each size of batch, and the arena that their values share. A call takes
 * several steps without coming back to JavaScript, and no step allocates.
 *
 * Where a step is worth it, worker threads over the same memory take it together. Should one be lost, this executor goes
 * on alone, to the same bits.
 */
import { StudioError } from '../../../shared/errors'
import { describeModel } from '../../model/describe'
import { outputUnits } from '../../model/inference'
import { leastTrainingNumbers } from '../../model/memory'
import { keptTensors } from '../../model/model'
import { INPUT } from '../../spec'
import { Evaluator } from '../../train/evaluator'
import { LossMean } from '../../train/loss-mean'
import { rowNumbers, rowsFrom } from '../../train/row-source'
import type { Samples } from '../../train/samples'
import { forwardGraph, stateSource, stepGraph, stepScalars, TARGETS } from '../../train/step-graph'
import { ChainCompiler } from '../../plan/chain-code'
import { firstWithoutKernel } from '../../plan/lower'
import type { ThreadRequest } from '../../plan/shares'
import { ReferenceExecutor } from '../reference/training-executor'
import type {
  Batch,
  Forward,
  HeldNumbers,
  StepFailure,
  StepsTaken,
  TrainingExecutor,
  TrainingProblem
} from '../training-executor'
import { bindKernels, withChains, type BoundKernels, type Kernels, type Modules } from './kernels'
import { createMemory, Layout } from './layout'
import { RowPlaces } from './row-places'
import { takeTables, type Tables } from './tables'
import { TapeProgram } from './tape-program'
import { Team, teamBytes, type TeamTimes } from './team'
import { MAX_THREADS, providedThreads, type ThreadHost } from './threads'
import type { WasmMemory } from './webassembly'

/** Multiply-adds, or as much other work, of one call: a few milliseconds. Between two calls the threads may fall asleep. */
const WORK_PER_CALL = 4e8
const MAX_STEPS_PER_CALL = 512
/** Bounds the tables: row numbers and outputs of one call. */
const MAX_ROWS_PER_CALL = 65_536
/** Rows of the validation data computed at once. */
const VALIDATION_ROWS = 256

interface Place {
  readonly address: number
  readonly length: number
}

/** What tests set. */
export interface WasmOptions extends TeamTimes {
  readonly host?: ThreadHost | null
  /** Work from which an instruction is shared among threads. */
  readonly leastWork?: number
}

/** A memory and what is bound to it. */
interface Bound {
  readonly memory: WasmMemory
  readonly numbers: Float32Array
  readonly words: Int32Array
  readonly bytes: Uint8Array
  readonly kernels: BoundKernels
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
  readonly #modules: Modules
  readonly #units: number
  /** Another one once a thread was lost, as nobody knows what that thread may still write. */
  #bound: Bound
  #team: Team | null = null
  #notice: string | null = null
  /** Parameters and state by the names of their sources. */
  readonly #places: ReadonlyMap<string, Place>
  /** All of those together, and where their copy is kept while steps are taken. */
  readonly #state: { readonly start: number; readonly end: number; readonly backup: number }
  readonly #tables: Tables
  readonly #steps: ReadonlyMap<number, TapeProgram>
  readonly #validation: ReadonlyMap<number, TapeProgram>
  readonly #rowsPerCall: number
  readonly #validatedPerCall: number
  readonly #rows: { readonly training: RowPlaces; readonly validation: RowPlaces }

  /** The executor, or the primitive that it has no kernel for. @throws ConfigError `model-too-large` */
  static create(problem: TrainingProblem, kernels: Kernels, options: WasmOptions = {}): WasmExecutor | Unsupported {
    const op = firstWithoutKernel(stepGraph(problem, 1).graph)
    return op === null ? new WasmExecutor(problem, kernels, options) : { op }
  }

  private constructor(problem: TrainingProblem, kernels: Kernels, options: WasmOptions) {
    const { model, optimizer, config, batchSize, oddBatch = 0, training, validation, rowWeights = false } = problem
    this.#problem = problem
    const host = options.host === undefined ? providedThreads() : options.host
    const request = threadsFor(problem.threads ?? 0, host, options.leastWork)
    this.#units = outputUnits(model)
    const layout = new Layout()
    const scalars = stepScalars(optimizer, config, 1).map(({ source }) => source)
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
    const trainingPlaces = new RowPlaces(training, rowWeights, layout)
    const validationPlaces = new RowPlaces(validation, rowWeights, layout)

    const trainingRows = rowsOf(training)
    const equalSizes = sizesOf(trainingRows, Math.min(batchSize, trainingRows))
    const stepSizes = oddBatch === 0 || equalSizes.includes(oddBatch) ? equalSizes : [...equalSizes, oddBatch]
    const validationSizes = sizesOf(rowsOf(validation), Math.min(VALIDATION_ROWS, rowsOf(validation)))
    this.#steps = new Map(stepSizes.map((rows) => [rows, stepProgram(problem, rows, layout, request)] as const))
    this.#validation = new Map(
      validationSizes.map((rows) => [rows, forwardProgram(problem, rows, layout, request)] as const)
    )
    const [largest = 1] = stepSizes
    const work = this.#steps.get(largest)?.work ?? 1
    this.stepsPerCall = Math.max(
      1,
      Math.min(
        Math.floor(WORK_PER_CALL / work),
        MAX_STEPS_PER_CALL,
        Math.floor(Math.min(MAX_ROWS_PER_CALL, trainingPlaces.mostRows) / largest)
      )
    )
    const programs = this.#programs
    const threads = Math.max(...programs.map((each) => each.threads))
    this.#rowsPerCall = Math.max(this.stepsPerCall * largest, validationSizes[0] ?? 1)
    this.#validatedPerCall = Math.max(validationSizes[0] ?? 1, Math.min(this.#rowsPerCall, validationPlaces.mostRows))
    trainingPlaces.reserve(layout, this.stepsPerCall * largest)
    validationPlaces.reserve(layout, this.#validatedPerCall)
    this.#rows = { training: trainingPlaces, validation: validationPlaces }
    this.#tables = takeTables(layout, this.#rowsPerCall, this.#rowsPerCall, scalars.length, this.#units)
    this.#state = { start, end: start + 4 * stateValues, backup: layout.take(4 * stateValues) }
    const scratchBytes = Math.max(...programs.map((each) => each.scratchBytes))
    const scratch = layout.take(threads * scratchBytes)
    const team = layout.take(teamBytes(threads))
    const arena = layout.take(Math.max(...programs.map(({ arenaBytes }) => arenaBytes)))

    const memory = layout.createMemory(largestLayer(problem))
    const numbers = new Float32Array(memory.buffer)
    for (const { name, data } of sources) numbers.set(data, this.#placeOf(name).address / 4)
    for (const places of [trainingPlaces, validationPlaces]) places.fill(numbers)
    const shared = {
      source: (name: string) => {
        const scalar = scalars.indexOf(name)
        return scalar >= 0 ? scalarsAt + 4 * scalar : this.#placeOf(name).address
      },
      tables: this.#tables,
      scalars: scalarsAt,
      scalarCount: scalars.length,
      scratch,
      scratchBytes,
      arena,
      flag,
      team
    }
    const dataOf = (places: RowPlaces) => (name: string) => places.addressOf(name)
    const compiler = new ChainCompiler(kernels.build === 'relaxed')
    for (const each of this.#steps.values())
      each.write(memory.buffer, { ...shared, data: dataOf(trainingPlaces) }, compiler)
    for (const each of this.#validation.values())
      each.write(memory.buffer, { ...shared, scalarCount: 0, data: dataOf(validationPlaces) }, compiler)
    this.#modules = withChains(kernels, compiler)
    this.#bound = bound(this.#modules, memory)
    if (threads === 1 || host === null) {
      if ((problem.threads ?? 0) > 1) this.#notice = 'This host provides no threads: training runs on one.'
      return
    }
    const started = Team.start(host, this.#modules, memory, team, threads, options)
    if (typeof started === 'string') this.#useOneThread(started)
    else this.#team = started
  }

  get threads(): number {
    return this.#team === null ? 1 : Math.max(...this.#programs.map((each) => each.threads))
  }

  get notice(): string | null {
    return this.#notice
  }

  close(): void {
    this.#team?.end()
    this.#useOneThread(this.#notice)
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
      for (let i = 0; i < taken; i++) losses.push(this.#bound.numbers[this.#tables.losses / 4 + i] ?? NaN)
      outputs.push(this.#read(this.#tables.outputs, taken * size * this.#units))
      const failed = part[taken]
      if (failed !== undefined) failure = this.#explain(failed)
      done += count
    }
    const rows = outputs.reduce((sum, { length }) => sum + length, 0) / this.#units
    return { losses, outputs: { shape: [rows, this.#units], data: joined(outputs) }, failure }
  }

  validate(): Forward {
    const { targets } = this.#problem.validation
    const [rows = 0] = targets.shape
    const outputs: Float64Array[] = []
    const loss = new LossMean(this.#problem)
    for (let done = 0; done < rows;) {
      const size = Math.min(VALIDATION_ROWS, rows - done)
      const count = Math.min(Math.floor((rows - done) / size), Math.max(1, Math.floor(this.#validatedPerCall / size)))
      this.#rows.validation.name(rowNumbers(done, count * size), this.#bound, this.#tables.rows, 0, null)
      const taken = this.#call(this.#programOf(this.#validation, size), count)
      this.#read(this.#tables.losses, taken).forEach((mean, i) => {
        loss.add(mean, rowsFrom(targets, done + i * size, size))
      })
      outputs.push(this.#read(this.#tables.outputs, taken * size * this.#units))
      // Float64 says where float32 ended.
      if (taken < count) return this.#referenceForward()
      done += count * size
    }
    return { loss: loss.value, outputs: { shape: [rows, this.#units], data: joined(outputs) }, nonFiniteScope: null }
  }

  get sources(): readonly string[] {
    return [...this.#places.keys()]
  }

  read(source: string): Float64Array {
    const { address, length } = this.#placeOf(source)
    return this.#read(address, length)
  }

  copy(source: string): HeldNumbers {
    const { address, length } = this.#placeOf(source)
    return this.#bound.numbers.slice(address / 4, address / 4 + length)
  }

  write(values: ReadonlyMap<string, HeldNumbers>): void {
    for (const [source, data] of values) this.#bound.numbers.set(data, this.#placeOf(source).address / 4)
  }

  /** @returns steps taken; parameters and state are those after them */
  #takeEqualSteps(program: TapeProgram, batches: readonly Batch[]): number {
    const { rows, scalars } = this.#tables
    const { numbers } = this.#bound
    let at = 0
    let scalarAt = scalars / 4
    for (const batch of batches) {
      this.#rows.training.name(batch.rows, this.#bound, rows, at, batch)
      at += batch.rows.length
      for (const { value } of batch.scalars) numbers[scalarAt++] = value
    }
    const { start, end, backup } = this.#state
    this.#bound.bytes.copyWithin(backup, start, end)
    const taken = this.#call(program, batches.length)
    if (taken < batches.length) {
      // The failed step has written in part: the good ones are taken again, to the same bits.
      this.#restore()
      this.#call(program, taken)
    }
    return taken
  }

  /** Parameters and state as they were when the last steps began. */
  #restore(): void {
    const { start, end, backup } = this.#state
    this.#bound.bytes.copyWithin(start, backup, backup + end - start)
  }

  /** @returns steps taken, by this thread alone when another one was lost */
  #call(program: TapeProgram, steps: number): number {
    if (this.#team?.hasLost === true) this.#goOnAlone()
    const taken = this.#bound.kernels.takeSteps(program.control, steps)
    if (taken >= 0) return taken
    this.#goOnAlone()
    // A validation changes neither parameters nor state, and the copy is older than it.
    if (this.#steps.get(program.rows) === program) this.#restore()
    return this.#bound.kernels.takeSteps(program.control, steps)
  }

  /** Moves to a memory of its own: a thread that is late rather than dead may still write to the one there was. */
  #goOnAlone(): void {
    const { memory, bytes } = this.#bound
    this.#team?.end()
    this.#bound = bound(this.#modules, createMemory(memory.buffer.byteLength))
    this.#bound.bytes.set(bytes)
    this.#useOneThread('A thread was lost: training goes on with one.')
  }

  #useOneThread(notice: string | null): void {
    this.#team = null
    this.#notice = notice
    for (const each of this.#programs) each.useOneThread(this.#bound.words)
  }

  get #programs(): readonly TapeProgram[] {
    return [...this.#steps.values(), ...this.#validation.values()]
  }

  #explain(batch: Batch): StepFailure {
    try {
      const reference = new ReferenceExecutor(this.#problem)
      reference.write(new Map(this.sources.map((name) => [name, this.read(name)] as const)))
      return reference.explain(batch)
    } catch (thrown) {
      // In float64 it may not fit: that the step failed is known all the same.
      if (thrown instanceof StudioError && thrown.code === 'model-too-large') return { scope: 'loss', what: 'numbers' }
      throw thrown
    }
  }

  #referenceForward(): Forward {
    const { model, validation } = this.#problem
    const parameters = new Map(
      keptTensors(model).map(({ name, shape }) => [name, { shape, data: this.read(name) }] as const)
    )
    const forward = new Evaluator(this.#problem, 'reference').forward(parameters, validation)
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
    return new Float64Array(this.#bound.numbers.subarray(address / 4, address / 4 + length))
  }
}

function bound(modules: Modules, memory: WasmMemory): Bound {
  const { buffer } = memory
  return {
    memory,
    numbers: new Float32Array(buffer),
    words: new Int32Array(buffer),
    bytes: new Uint8Array(buffer),
    kernels: bindKernels(modules, memory)
  }
}

/** @param wanted exactly so many, or 0 for as many as are worth it */
function threadsFor(wanted: number, host: ThreadHost | null, leastWork: number | undefined): ThreadRequest {
  const most = host === null ? 1 : Math.min(wanted === 0 ? host.processors : wanted, MAX_THREADS)
  return { most, exactly: wanted > 0, ...(leastWork === undefined ? {} : { leastWork }) }
}

/** First values: all parameters, then each slot of the optimizer's state in the order of the parameters, then buffers. */
function sourcesOf({ model, parameters, optimizer, config }: TrainingProblem): { name: string; data: Float64Array }[] {
  const first = ({ name }: { readonly name: string }) => {
    const values = parameters.get(name)
    if (values === undefined) throw new Error(`There is no first value for "${name}"`)
    return { name, data: values.data }
  }
  const slots = model.parameters.map(({ shape }) => optimizer.init(shape, config))
  const most = Math.max(0, ...slots.map(({ length }) => length))
  const states = Array.from({ length: most }, (_, slot) =>
    model.parameters.flatMap(({ name }, i) => {
      const state = slots[i]?.[slot]
      return state === undefined ? [] : [{ name: stateSource(state.name, name), data: state.initial.data }]
    })
  )
  return [...model.parameters.map(first), ...states.flat(), ...model.buffers.map(first)]
}

function largestLayer({ model, batchSize, training }: TrainingProblem): string | null {
  return leastTrainingNumbers(describeModel(model.spec), Math.min(batchSize, rowsOf(training)), 0).largest
}

function stepProgram(problem: TrainingProblem, rows: number, layout: Layout, threads: ThreadRequest): TapeProgram {
  const step = stepGraph(problem, rows)
  const updates = [
    ...step.updates.flatMap(({ name, parameter, state }) => [
      { source: name, node: parameter, checked: true },
      ...state.map(({ source, node }) => ({ source, node, checked: false }))
    ]),
    ...step.buffers.map(({ source, node }) => ({ source, node, checked: true }))
  ]
  return new TapeProgram(
    { graph: step.graph, gathered: [INPUT, TARGETS], updates },
    rows,
    step.loss,
    step.output,
    layout,
    threads
  )
}

function forwardProgram(problem: TrainingProblem, rows: number, layout: Layout, threads: ThreadRequest): TapeProgram {
  const forward = forwardGraph(problem, rows)
  const request = { graph: forward.graph, gathered: [INPUT, TARGETS], updates: [] }
  return new TapeProgram(request, rows, forward.loss, forward.output, layout, threads)
}

function rowsOf({ targets }: Samples): number {
  return targets.shape[0] ?? 0
}

/** The sizes of batches: the full one, and what is left at the end; none without rows. */
function sizesOf(rows: number, batch: number): number[] {
  if (rows === 0) return []
  const rest = rows % batch
  return rest === 0 ? [batch] : [batch, rest]
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
