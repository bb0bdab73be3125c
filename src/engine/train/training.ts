/** The training loop. */
import type { NumericError } from '../../shared/errors'
import { chooseExecutor, type ExecutorChoice } from '../executors/choose'
import type { Forward, TrainingExecutor } from '../executors/training-executor'
import { numberSetting, type Config } from '../fields'
import { keptTensors, type Parameters } from '../model/model'
import { divergedError, type Divergence } from './diverged'
import { EarlyStopper, type EarlyStop } from './early-stopper'
import { EpochProgress } from './epoch-progress'
import { MetricGatherer, type Metrics } from './metric-gatherer'
import type { EpochEvent, StepEvent, TrainEvent } from './events'
import { checkOptions, type CheckedOptions, type TrainOptions } from './options'
import { stepScalars } from './step-graph'

export type { EarlyStop } from './early-stopper'
export type { EpochEvent, StepEvent, TrainEvent } from './events'
export type { TrainOptions } from './options'

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
  /**
   * What computes the steps, why it is not the fast one when it is not, and on how many threads. Another object once that
   * has changed, as when a thread was lost.
   */
  readonly executor: ExecutorChoice
  /** A copy of the current parameters and buffers: after the last step that was taken and whose numbers were all finite. */
  readonly parameters: Parameters
  /** Steps that were taken and whose events were not pulled yet: 0 unless a pace allowed more. */
  readonly stepsAhead: number
  /** How training ended before its last epoch, for want of a gain; null when it did not. */
  readonly earlyStop: EarlyStop | null
  /**
   * The epoch whose parameters and buffers were taken back when training ended, early or not; null when none were: they
   * are those of the last step then.
   */
  readonly restoredEpoch: number | null
  /**
   * Pull-based: each pull does one step (or ends one epoch), and nobody pulling is a pause. Left and called again, it
   * goes on where it stopped. Ends after the last epoch, when early stopping ends it, or when the signal is aborted.
   * Gives the event loop no time of its own: whoever pulls decides when to breathe.
   *
   * With a pace above 1 a pull may take several steps, a few milliseconds' worth and none of the next epoch; the pulls
   * after it only tell them. Whoever pauses then pulls on until `stepsAhead` is 0, and stands exactly at the
   * step that was told last. The steps are the same at every pace.
   * @throws NumericError `diverged` {layer, step, epoch}; the parameters stay the last finite ones
   */
  events(signal?: StopSignal, pace?: Pace): AsyncGenerator<TrainEvent, void, void>
  /** Ends its threads. No step is taken afterwards; the parameters can still be read. Whoever made it calls this. */
  close(): void
}

/**
 * Mini-batch training. The same options give the same parameters, bit for bit: rows are shuffled by (seed, epoch),
 * every sum has a fixed order.
 * @throws ConfigError, ShapeError, NumericError when the options do not fit together, or the memory does not suffice
 */
export function createTraining(options: TrainOptions): Training {
  return new PulledTraining(options)
}

class PulledTraining implements Training {
  readonly stepsPerEpoch: number
  earlyStop: EarlyStop | null = null
  restoredEpoch: number | null = null
  readonly #options: TrainOptions
  readonly #checked: CheckedOptions
  readonly #executor: TrainingExecutor
  #choice: ExecutorChoice
  readonly #stopper: EarlyStopper
  /** Parameters and buffers of the best epoch, where they may be taken back. */
  #best: ReadonlyMap<string, Float64Array> = new Map()
  /** Steps that were taken and not told yet, the next one last. */
  #untold: StepEvent[] = []
  /** Steps taken. */
  #step = 0
  /** Epochs ended. */
  #epochs = 0
  #progress: EpochProgress | null = null
  #failure: NumericError | null = null
  #closed = false

  constructor(options: TrainOptions) {
    this.#options = options
    this.#checked = checkOptions(options)
    this.stepsPerEpoch = this.#checked.horizon.stepsPerEpoch
    this.#stopper = new EarlyStopper(this.#checked.earlyStopping)
    const chosen = chooseExecutor(this.#checked.problem, options.executor, options.memory)
    this.#choice = chosen.choice
    this.#executor = chosen.executor
  }

  get executor(): ExecutorChoice {
    const { notice, threads } = this.#executor
    // Only a notice that is new changes it: a closed executor has no threads, and has trained with those it had.
    if (notice !== null && notice !== this.#choice.reason) this.#choice = { ...this.#choice, reason: notice, threads }
    return this.#choice
  }

  get parameters(): Parameters {
    return new Map(
      keptTensors(this.#checked.problem.model).map(
        ({ name, shape }) => [name, { shape, data: this.#executor.read(name) }] as const
      )
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

  close(): void {
    this.#closed = true
    this.#executor.close()
  }

  /** One step, or the end of an epoch, or null after the last. All state lives in fields, so it can stop anywhere. */
  #advance(pace: Pace): TrainEvent | null {
    const told = this.#untold.pop()
    if (told !== undefined) return told
    if (this.#failure !== null) throw this.#failure
    if (this.#closed || this.earlyStop !== null || this.#epochs === this.#options.epochs) return null
    this.#progress ??= new EpochProgress(this.#options, this.#checked, this.#epochs)
    if (this.#progress.done === this.#checked.rows) return this.#endEpoch(this.#progress)
    this.#takeSteps(this.#progress, Math.min(pace.stepsAhead, this.#executor.stepsPerCall))
    return this.#advance(pace)
  }

  /** Takes from 1 to `most` steps of the epoch. */
  #takeSteps(progress: EpochProgress, most: number): void {
    const { optimizer } = this.#checked.problem
    const before = this.#step
    const rows = progress.next(most)
    const taken = this.#executor.takeSteps(
      rows.map((each, i) => {
        const step = before + i + 1
        return { rows: each, epoch: this.#epochs, scalars: stepScalars(optimizer, this.#configAt(step), step) }
      })
    )
    progress.add(rows, taken)
    taken.losses.forEach((loss) => {
      const step = ++this.#step
      this.#untold.push({ type: 'step', step, epoch: this.#epochs + 1, loss, learningRate: this.#learningRate(step) })
    })
    this.#untold.reverse()
    if (taken.failure !== null) this.#failure = this.#diverged(this.#step + 1, taken.failure)
  }

  #endEpoch(progress: EpochProgress): EpochEvent {
    const epoch = this.#epochs + 1
    const trainLoss = progress.loss
    const { loss: validationLoss, metrics } = this.#judge(trainLoss)
    const judged = validationLoss ?? trainLoss
    const learningRate = this.#learningRate(this.#step)
    this.#checked.schedule.epochEnded(judged)
    const { best, ends } = this.#stopper.epochEnded(epoch, judged)
    if (best && this.#stopper.restores) this.#best = this.#kept()
    this.#epochs = epoch
    this.#progress = null
    const last = epoch === this.#options.epochs
    if (ends || last) this.#takeBestBack(epoch)
    if (ends && !last) {
      this.earlyStop = { epoch, bestEpoch: this.#stopper.bestEpoch, restored: this.restoredEpoch !== null }
    }
    const { step, trainMetrics } = { step: this.#step, trainMetrics: progress.metrics }
    return { type: 'epoch', epoch, step, learningRate, trainLoss, validationLoss, best, trainMetrics, metrics }
  }

  /** The network on the validation rows, if there are any. */
  #judge(trainLoss: number): { loss: number | null; metrics: Metrics } {
    const { task, validation, targetScale } = this.#options
    const forward: Forward | null = validation.targets.data.length === 0 ? null : this.#executor.validate()
    if (!Number.isFinite(trainLoss) || (forward !== null && !Number.isFinite(forward.loss))) {
      this.#failure = this.#diverged(this.#step, { scope: forward?.nonFiniteScope ?? 'loss', what: 'validation' })
      throw this.#failure
    }
    if (forward === null) return { loss: null, metrics: {} }
    const metrics = new MetricGatherer(task, validation.targets, targetScale)
    metrics.add(forward.outputs, validation.targets)
    return { loss: forward.loss, metrics: metrics.values() }
  }

  #takeBestBack(epoch: number): void {
    if (!this.#stopper.restores || this.#stopper.bestEpoch === epoch) return
    this.#executor.write(this.#best)
    this.restoredEpoch = this.#stopper.bestEpoch
  }

  #kept(): ReadonlyMap<string, Float64Array> {
    return new Map(keptTensors(this.#checked.problem.model).map(({ name }) => [name, this.#executor.read(name)]))
  }

  #learningRate(step: number): number {
    return numberSetting(this.#checked.problem.config, 'learningRate') * this.#checked.schedule.factor(step)
  }

  /** The optimizer's settings at a step. */
  #configAt(step: number): Config {
    return { ...this.#checked.problem.config, learningRate: this.#learningRate(step) }
  }

  #diverged(step: number, failure: Pick<Divergence, 'scope' | 'what'>): NumericError {
    const { model, config } = this.#checked.problem
    return divergedError(model, config, { ...failure, step, epoch: this.#epochs + 1 })
  }
}
