/** The training loop. */
import { ConfigError, NumericError } from '../../shared/errors'
import { ReferenceProgram } from '../executors/reference/program'
import { parseConfig, type Config } from '../fields'
import type { LossName } from '../losses'
import { checkOutputs } from '../model/inference'
import { compileModel, copyParameters, initializeParameters, type Model, type Parameters } from '../model/model'
import { optimizerNamed, type OptimizerSpec } from '../optimizers'
import { permutation } from '../random/stream'
import { INPUT, type Task } from '../spec'
import { sizeOf, type Tensor } from '../tensor/tensor'
import { Evaluator, MetricGatherer, TARGETS, type Metrics } from './evaluator'
import { checkSamples, type Samples, type TargetScale } from './samples'
import { scalarSource, stateSource, stepGraph, type ParameterUpdate, type StepGraph } from './step-graph'

export interface TrainOptions {
  readonly model: Model
  readonly task: Task
  /** K; 1 for regression. */
  readonly classes: number
  readonly loss: LossName
  readonly optimizer: { readonly type: string; readonly config: Config }
  /** Rows of one step; the last step of an epoch takes what is left. */
  readonly batchSize: number
  readonly epochs: number
  /** Whole number from 0 to 2³² − 1: first weights and the order of rows. */
  readonly seed: number
  readonly training: Samples
  readonly validation: Samples
  /** Regression: gives the metrics in raw units. */
  readonly targetScale?: TargetScale
}

export interface StepEvent {
  readonly type: 'step'
  /** From 1, over the run. */
  readonly step: number
  /** From 1; the epoch in progress. */
  readonly epoch: number
  /** Mean of the batch, before the step was taken. */
  readonly loss: number
}

export interface EpochEvent {
  readonly type: 'epoch'
  readonly epoch: number
  readonly step: number
  /** Mean over the epoch's rows as they were trained on. */
  readonly trainLoss: number
  readonly validationLoss: number
  /** Of the epoch's rows as they were trained on. */
  readonly trainMetrics: Metrics
  /** Of the validation rows, after the epoch. */
  readonly metrics: Metrics
}

export type TrainEvent = StepEvent | EpochEvent

/** What asks the loop to stop; an `AbortSignal` is one. */
export interface StopSignal {
  readonly aborted: boolean
}

export interface Training {
  readonly stepsPerEpoch: number
  /** A copy of the current parameters: after the last step whose numbers were all finite. */
  readonly parameters: Parameters
  /**
   * Pull-based: each pull does one step (or ends one epoch), and nobody pulling is a pause. Left and called again, it
   * goes on where it stopped. Ends after the last epoch or when the signal is aborted. Gives the event loop no time of
   * its own: whoever pulls decides when to breathe.
   * @throws NumericError `diverged` {layer, step, epoch}; the parameters stay the last finite ones
   */
  events(signal?: StopSignal): AsyncGenerator<TrainEvent, void, void>
}

/**
 * Mini-batch training. The same options give the same parameters, bit for bit: rows are shuffled by (seed, epoch),
 * every sum has a fixed order.
 * @throws ConfigError, ShapeError, NumericError when the options do not fit together
 */
export function createTraining(options: TrainOptions): Training {
  return new ReferenceTraining(options)
}

interface Batch extends StepGraph {
  readonly rows: number
  readonly program: ReferenceProgram
  readonly input: Float64Array
  readonly targets: Tensor
}

/** What is gathered over the epoch in progress. */
interface EpochProgress {
  readonly order: Int32Array
  /** Rows trained on so far. */
  done: number
  /** Sum over rows of the loss of their batch. */
  lossSum: number
  readonly metrics: MetricGatherer
}

class ReferenceTraining implements Training {
  readonly stepsPerEpoch: number
  readonly #options: TrainOptions
  readonly #model: Model
  readonly #rows: number
  readonly #optimizer: OptimizerSpec
  readonly #config: Config
  readonly #parameters: Parameters
  readonly #evaluator: Evaluator
  /** Values of the step graph's sources: parameters and optimizer state (updated in place), the batch, the scalars. */
  readonly #feeds = new Map<string, Float64Array>()
  readonly #batches = new Map<number, Batch>()
  #step = 0
  /** Epochs ended. */
  #epochs = 0
  #progress: EpochProgress | null = null
  #failure: NumericError | null = null

  constructor(options: TrainOptions) {
    const { task, loss, classes, seed } = options
    this.#options = options
    this.#model = compileModel(options.model.spec)
    this.#optimizer = optimizerNamed(options.optimizer.type)
    this.#config = parseConfig(this.#optimizer.label, this.#optimizer.fields, options.optimizer.config)
    checkCount('batch size', options.batchSize)
    checkCount('number of epochs', options.epochs)
    checkOutputs(this.#model, loss, task, classes)
    this.#rows = checkSamples(this.#model, task, classes, options.training)
    checkSamples(this.#model, task, classes, options.validation)
    this.#parameters = initializeParameters(this.#model, seed)
    this.#evaluator = new Evaluator(this.#model, loss, task)
    this.stepsPerEpoch = Math.ceil(this.#rows / options.batchSize)
    for (const [name, { shape, data }] of this.#parameters) {
      this.#feeds.set(name, data)
      for (const slot of this.#optimizer.init(shape, this.#config)) {
        this.#feeds.set(stateSource(slot.name, name), slot.initial.data.slice())
      }
    }
  }

  get parameters(): Parameters {
    return copyParameters(this.#parameters)
  }

  async *events(signal?: StopSignal): AsyncGenerator<TrainEvent, void, void> {
    for (;;) {
      // Whoever pulls may stop the pull again in the same turn: no step is taken then.
      await Promise.resolve()
      if (signal?.aborted === true) return
      const event = this.#advance()
      if (event === null) return
      yield event
    }
  }

  /** One step, or the end of an epoch, or null after the last. All state lives in fields, so it can stop anywhere. */
  #advance(): TrainEvent | null {
    if (this.#failure !== null) throw this.#failure
    if (this.#epochs === this.#options.epochs) return null
    this.#progress ??= this.#beginEpoch()
    return this.#progress.done < this.#rows ? this.#takeStep(this.#progress) : this.#endEpoch(this.#progress)
  }

  #beginEpoch(): EpochProgress {
    const { seed, task, targetScale } = this.#options
    const order = permutation(seed, 'shuffle', this.#epochs, this.#rows)
    return { order, done: 0, lossSum: 0, metrics: new MetricGatherer(task, targetScale) }
  }

  #takeStep(progress: EpochProgress): StepEvent {
    const rows = progress.order.subarray(progress.done, progress.done + this.#options.batchSize)
    const batch = this.#batchOf(rows.length)
    gatherRows(this.#options.training.features, rows, batch.input)
    gatherRows(this.#options.training.targets, rows, batch.targets.data)
    this.#step++
    this.#feeds.set(INPUT, batch.input).set(TARGETS, batch.targets.data)
    for (const { name, value } of this.#optimizer.scalars(this.#config, this.#step)) {
      this.#feeds.set(scalarSource(name), Float64Array.of(value))
    }
    batch.program.run(this.#feeds)
    const loss = batch.program.value(batch.loss)[0] ?? NaN
    const bad = batch.updates.find(({ parameter }) => !fitsFloat32(batch.program.value(parameter)))
    if (!Number.isFinite(loss) || bad !== undefined) {
      this.#fail(this.#firstBadLayer(batch, bad), Number.isFinite(loss) ? 'its new weights' : 'its numbers')
    }
    this.#commit(batch)
    progress.done += rows.length
    progress.lossSum += loss * rows.length
    progress.metrics.add(batch.program.tensor(batch.output), batch.targets)
    return { type: 'step', step: this.#step, epoch: this.#epochs + 1, loss }
  }

  #endEpoch(progress: EpochProgress): EpochEvent {
    const { validation, targetScale } = this.#options
    const evaluation = this.#evaluator.run(this.#parameters, validation, targetScale)
    const trainLoss = progress.lossSum / this.#rows
    if (!Number.isFinite(evaluation.loss) || !Number.isFinite(trainLoss)) {
      this.#fail(layerOf(evaluation.nonFiniteScope ?? 'loss', this.#model), 'its validation numbers')
    }
    this.#epochs++
    this.#progress = null
    return {
      type: 'epoch',
      epoch: this.#epochs,
      step: this.#step,
      trainLoss,
      validationLoss: evaluation.loss,
      trainMetrics: progress.metrics.values(),
      metrics: evaluation.metrics
    }
  }

  /** The graph of a batch of this size, made at its first use: there are at most two sizes. */
  #batchOf(rows: number): Batch {
    const kept = this.#batches.get(rows)
    if (kept !== undefined) return kept
    const { task, loss } = this.#options
    const step = stepGraph(this.#model, loss, task, this.#optimizer, this.#config, rows)
    const results = step.updates.flatMap(({ parameter, state }) => [parameter, ...state.map(({ node }) => node)])
    const batch = {
      ...step,
      rows,
      program: new ReferenceProgram(step.graph, [step.loss, step.output, ...results]),
      input: new Float64Array(rows * sizeOf(this.#model.spec.inputShape)),
      targets: { shape: [rows, 1], data: new Float64Array(rows) }
    }
    this.#batches.set(rows, batch)
    return batch
  }

  /** Parameters and optimizer state move together, and only when all numbers are finite. */
  #commit({ program, updates }: Batch): void {
    for (const { name, parameter, state } of updates) {
      this.#feeds.get(name)?.set(program.value(parameter))
      for (const { source, node } of state) this.#feeds.get(source)?.set(program.value(node))
    }
  }

  #firstBadLayer({ program }: Batch, bad: ParameterUpdate | undefined): string {
    const scope = program.firstNonFinite()?.scope
    // Numbers beyond float32 are finite in float64: then no node is bad and the update itself is.
    if (bad !== undefined && (scope === undefined || scope === 'optimizer')) return bad.layer
    return layerOf(scope ?? 'loss', this.#model)
  }

  #fail(layer: string, what: string): never {
    const epoch = this.#epochs + 1
    const rate = this.#config['learningRate']
    const advice =
      typeof rate === 'number'
        ? `a lower learning rate, for example ${Number(Math.min(rate / 10, 0.1).toPrecision(3))} instead of ${rate}`
        : 'smaller steps'
    this.#failure = new NumericError(
      'diverged',
      `Training diverged at step ${this.#step} (epoch ${epoch}), layer "${layer}": ${what} grew beyond what a 32-bit number holds. Try ${advice}. The last finite weights are kept.`,
      { layer, step: this.#step, epoch }
    )
    throw this.#failure
  }
}

/** The loss has no layer of its own: what it saw came from the output layer. */
function layerOf(scope: string, model: Model): string {
  return model.spec.layers.some(({ name }) => name === scope) ? scope : model.spec.output
}

/** Weights are saved and exported as float32, so they must be finite there. */
function fitsFloat32(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(Math.fround(values[i] ?? NaN))) return false
  return true
}

function gatherRows(source: Tensor, rows: Int32Array, target: Float64Array): void {
  const width = target.length / rows.length
  for (let i = 0; i < rows.length; i++) {
    const from = (rows[i] ?? 0) * width
    for (let j = 0; j < width; j++) target[i * width + j] = source.data[from + j] ?? 0
  }
}

function checkCount(what: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return
  throw new ConfigError('invalid-config', `The ${what} must be a whole number from 1, got ${value}.`)
}
