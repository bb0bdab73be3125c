/** The training loop. */
import { ConfigError, NumericError } from '../../shared/errors'
import { chooseExecutor, type ExecutorChoice } from '../executors/choose'
import type { Batch, ExecutorName, StepFailure, TrainingExecutor } from '../executors/training-executor'
import { parseConfig, type Config } from '../fields'
import type { LossName } from '../losses'
import { checkOutputs } from '../model/inference'
import { compileModel, initializeParameters, type Model, type Parameters } from '../model/model'
import { optimizerNamed, type OptimizerSpec } from '../optimizers'
import { permutation } from '../random/stream'
import type { Task } from '../spec'
import type { Tensor } from '../tensor/tensor'
import { MetricGatherer, type Metrics } from './evaluator'
import { checkSamples, type Samples, type TargetScale } from './samples'

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
  /** `wasm` (float32, fast) unless its kernels were not provided; `reference` is float64. */
  readonly executor?: ExecutorName
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

/** How far training may run ahead of what was pulled. */
export interface Pace {
  /** Steps to take at once, at most; read anew whenever steps are to be taken. 1: a pull takes one step. */
  readonly stepsAhead: number
}

export interface Training {
  readonly stepsPerEpoch: number
  /** What computes the steps, and why it is not the fast one when it is not. */
  readonly executor: ExecutorChoice
  /** A copy of the current parameters: after the last step that was taken and whose numbers were all finite. */
  readonly parameters: Parameters
  /** Steps that were taken and whose events were not pulled yet: 0 unless a pace allowed more. */
  readonly stepsAhead: number
  /**
   * Pull-based: each pull does one step (or ends one epoch), and nobody pulling is a pause. Left and called again, it
   * goes on where it stopped. Ends after the last epoch or when the signal is aborted. Gives the event loop no time of
   * its own: whoever pulls decides when to breathe.
   *
   * With a pace above 1 a pull may take several steps, a few milliseconds' worth and none of the next epoch; the pulls
   * after it only tell them. Whoever pauses then pulls on until `stepsAhead` is 0, and stands exactly at the
   * step that was told last. The steps are the same at every pace.
   * @throws NumericError `diverged` {layer, step, epoch}; the parameters stay the last finite ones
   */
  events(signal?: StopSignal, pace?: Pace): AsyncGenerator<TrainEvent, void, void>
}

/**
 * Mini-batch training. The same options give the same parameters, bit for bit: rows are shuffled by (seed, epoch),
 * every sum has a fixed order.
 * @throws ConfigError, ShapeError, NumericError when the options do not fit together, or the memory does not suffice
 */
export function createTraining(options: TrainOptions): Training {
  return new PulledTraining(options)
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

class PulledTraining implements Training {
  readonly stepsPerEpoch: number
  readonly executor: ExecutorChoice
  readonly #options: TrainOptions
  readonly #model: Model
  readonly #rows: number
  readonly #optimizer: OptimizerSpec
  readonly #config: Config
  readonly #executor: TrainingExecutor
  /** Steps that were taken and not told yet, the next one last. */
  #untold: StepEvent[] = []
  /** Steps taken. */
  #step = 0
  /** Epochs ended. */
  #epochs = 0
  #progress: EpochProgress | null = null
  #failure: NumericError | null = null

  constructor(options: TrainOptions) {
    const { task, loss, classes, seed, batchSize, training, validation } = options
    this.#options = options
    const model = compileModel(options.model.spec)
    this.#model = model
    this.#optimizer = optimizerNamed(options.optimizer.type)
    this.#config = parseConfig(this.#optimizer.label, this.#optimizer.fields, options.optimizer.config)
    checkCount('batch size', batchSize)
    checkCount('number of epochs', options.epochs)
    checkOutputs(model, loss, task, classes)
    this.#rows = checkSamples(model, task, classes, training)
    checkSamples(model, task, classes, validation)
    this.stepsPerEpoch = Math.ceil(this.#rows / batchSize)
    const parameters = initializeParameters(model, seed)
    const { optimizer, config } = { optimizer: this.#optimizer, config: this.#config }
    const chosen = chooseExecutor(
      { model, loss, task, optimizer, config, batchSize, training, validation, parameters },
      options.executor
    )
    this.executor = chosen.choice
    this.#executor = chosen.executor
  }

  get parameters(): Parameters {
    return new Map(
      this.#model.parameters.map(({ name, shape }) => [name, { shape, data: this.#executor.read(name) }] as const)
    )
  }

  get stepsAhead(): number {
    return this.#untold.length
  }

  async *events(signal?: StopSignal, pace: Pace = { stepsAhead: 1 }): AsyncGenerator<TrainEvent, void, void> {
    for (;;) {
      // Whoever pulls may stop the pull again in the same turn: no step is taken then.
      await Promise.resolve()
      if (signal?.aborted === true) return
      const event = this.#advance(pace)
      if (event === null) return
      yield event
    }
  }

  /** One step, or the end of an epoch, or null after the last. All state lives in fields, so it can stop anywhere. */
  #advance(pace: Pace): TrainEvent | null {
    const told = this.#untold.pop()
    if (told !== undefined) return told
    if (this.#failure !== null) throw this.#failure
    if (this.#epochs === this.#options.epochs) return null
    this.#progress ??= this.#beginEpoch()
    if (this.#progress.done === this.#rows) return this.#endEpoch(this.#progress)
    this.#takeSteps(this.#progress, Math.min(pace.stepsAhead, this.#executor.stepsPerCall))
    return this.#advance(pace)
  }

  #beginEpoch(): EpochProgress {
    const { seed, task, targetScale } = this.#options
    const order = permutation(seed, 'shuffle', this.#epochs, this.#rows)
    return { order, done: 0, lossSum: 0, metrics: new MetricGatherer(task, targetScale) }
  }

  /** Takes from 1 to `most` steps of the epoch. */
  #takeSteps(progress: EpochProgress, most: number): void {
    const batches: Batch[] = []
    const { order, done } = progress
    for (let at = done; at < this.#rows && (at === done || batches.length < most); at += this.#options.batchSize) {
      const rows = order.subarray(at, at + this.#options.batchSize)
      batches.push({ rows, scalars: this.#optimizer.scalars(this.#config, this.#step + batches.length + 1) })
    }
    const { losses, outputs, failure } = this.#executor.takeSteps(batches)
    losses.forEach((loss, i) => {
      const rows = batches[i]?.rows.length ?? 0
      progress.done += rows
      progress.lossSum += loss * rows
      this.#step++
      this.#untold.push({ type: 'step', step: this.#step, epoch: this.#epochs + 1, loss })
    })
    this.#untold.reverse()
    const { targets } = this.#options.training
    if (losses.length > 0) progress.metrics.add(outputs, rowsOf(targets, order.subarray(done, progress.done)))
    if (failure !== null) this.#failure = this.#diverged(this.#step + 1, failure)
  }

  #endEpoch(progress: EpochProgress): EpochEvent {
    const { task, validation, targetScale } = this.#options
    const { loss, outputs, nonFiniteScope } = this.#executor.validate()
    const trainLoss = progress.lossSum / this.#rows
    if (!Number.isFinite(loss) || !Number.isFinite(trainLoss)) {
      this.#failure = this.#diverged(this.#step, { scope: nonFiniteScope ?? 'loss', what: 'validation' })
      throw this.#failure
    }
    const metrics = new MetricGatherer(task, targetScale)
    metrics.add(outputs, validation.targets)
    this.#epochs++
    this.#progress = null
    return {
      type: 'epoch',
      epoch: this.#epochs,
      step: this.#step,
      trainLoss,
      validationLoss: loss,
      trainMetrics: progress.metrics.values(),
      metrics: metrics.values()
    }
  }

  #diverged(step: number, { scope, what }: { scope: string; what: StepFailure['what'] | 'validation' }): NumericError {
    const epoch = this.#epochs + 1
    const layer = layerOf(scope, this.#model)
    const grown = { numbers: 'its numbers', weights: 'its new weights', validation: 'its validation numbers' }[what]
    const rate = this.#config['learningRate']
    const advice =
      typeof rate === 'number'
        ? `a lower learning rate, for example ${Number(Math.min(rate / 10, 0.1).toPrecision(3))} instead of ${rate}`
        : 'smaller steps'
    return new NumericError(
      'diverged',
      `Training diverged at step ${step} (epoch ${epoch}), layer "${layer}": ${grown} grew beyond what a 32-bit number holds. Try ${advice}. The last finite weights are kept.`,
      { layer, step, epoch }
    )
  }
}

/** The loss has no layer of its own: what it saw came from the output layer. */
function layerOf(scope: string, model: Model): string {
  return model.spec.layers.some(({ name }) => name === scope) ? scope : model.spec.output
}

/** Those rows of a tensor with one value a row. */
function rowsOf({ data }: Tensor, rows: Int32Array): Tensor {
  return { shape: [rows.length, 1], data: Float64Array.from(rows, (row) => data[row] ?? NaN) }
}

function checkCount(what: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return
  throw new ConfigError('invalid-config', `The ${what} must be a whole number from 1, got ${value}.`)
}
