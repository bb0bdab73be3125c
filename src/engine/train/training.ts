/** The training loop. */
import type { NumericError } from '../../shared/errors'
import { chooseExecutor, type ExecutorChoice } from '../executors/choose'
import type { Forward, HeldNumbers, TrainingExecutor } from '../executors/training-executor'
import { keptTensors, type Parameters } from '../model/model'
import { divergedError, type Divergence } from './diverged'
import { EarlyStopper, type EarlyStop } from './early-stopper'
import { EpochProgress } from './epoch-progress'
import { MetricGatherer, type Metrics } from './metric-gatherer'
import type { EpochEvent, LayerStatistics, StepEvent, TrainEvent } from './events'
import { watchOf, type LayerWatch } from './layer-statistics'
import { LookPace } from './look-pace'
import { checkOptions, learningRateAt, type CheckedOptions, type TrainOptions } from './options'
import type { TrainingState } from './state'
import { bestSource } from './state-check'
import { isOptimizerSource, stepScalars } from './step-graph'

export type { EarlyStop } from './early-stopper'
export type { EpochEvent, StepEvent, TrainEvent } from './events'
export type { TrainOptions } from './options'
export type { TrainingState } from './state'

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
  /** Epochs ended, and the share of the rows of the one in progress that steps were taken with. */
  readonly position: number
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
  /** The steps that were taken and not told yet, told at once and in order: the same as so many pulls, which take longer. */
  tellAhead(): readonly StepEvent[]
  /**
   * A copy of all that it takes to go on from here (`TrainOptions.from`), at any step. Can be taken after `close`, too.
   * @throws Error while `stepsAhead` is not 0: a programming error, for what was told and what was taken would part
   */
  state(): TrainingState
  /** Ends its threads. No step is taken afterwards; the parameters can still be read. Whoever made it calls this. */
  close(): void
}

/**
 * Mini-batch training. The same options give the same parameters, bit for bit: rows are shuffled by (seed, epoch),
 * every sum has a fixed order. So does training that was left at any step and goes on from its state.
 * @throws ConfigError, ShapeError, NumericError when the options do not fit together, or the memory does not suffice;
 *   the codes of `checkState` when they do not fit the state to go on from
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
  #best: ReadonlyMap<string, HeldNumbers> = new Map()
  /** Steps that were taken and not told yet, the next one last. */
  #untold: StepEvent[] = []
  /** Steps taken. */
  #step = 0
  /** Epochs ended. */
  #epochs = 0
  #progress: EpochProgress | null = null
  /** Steps that were taken before the first one of this optimizer. */
  #since = 0
  readonly #pace: LookPace
  /** Undefined before the first look at the layers; null where there is no memory for one. */
  #watch: LayerWatch | null | undefined
  /** Parameters before the last step of an epoch that ends with a look at the layers. */
  #beforeLast: Parameters | null = null
  #failure: NumericError | null = null
  #closed = false

  constructor(options: TrainOptions) {
    const { from, ...rest } = options
    // The state is not held on to: its tensors may be large.
    this.#options = rest
    this.#checked = checkOptions(options)
    this.#pace = new LookPace(options.watch ?? false)
    this.stepsPerEpoch = this.#checked.horizon.stepsPerEpoch
    this.#stopper = new EarlyStopper(this.#checked.earlyStopping)
    if (from !== undefined) this.#goOnFrom(from)
    const chosen = chooseExecutor(this.#checked.problem, options.executor, options.memory)
    this.#choice = chosen.choice
    this.#executor = chosen.executor
    if (from !== undefined) this.#writeState(from)
  }

  /** All of a state but what the executor holds. */
  #goOnFrom({ step, epochs, progress, optimizer, schedule, stopper, tensors, ...end }: TrainingState): void {
    const { problem, schedule: today, scheduleType } = this.#checked
    this.#step = step
    this.#epochs = epochs
    if (progress !== null) this.#progress = new EpochProgress(this.#options, this.#checked, epochs, progress)
    this.#since = optimizer.type === problem.optimizer.type ? optimizer.since : step
    if (schedule.type === scheduleType) today.restore(schedule.state)
    this.#stopper.restore(stopper)
    this.#best = this.#keptOf((name) => tensors.get(bestSource(name))?.slice())
    // An end that is none by these options is no longer one.
    const last = epochs === this.#options.epochs
    if (end.earlyStop !== null && this.#stopper.ends) this.earlyStop = end.earlyStop
    if (last || this.earlyStop !== null) this.restoredEpoch = end.restoredEpoch
  }

  #writeState({ tensors, optimizer }: TrainingState): void {
    const same = optimizer.type === this.#checked.problem.optimizer.type
    const held = this.#executor.sources.filter((source) => same || !isOptimizerSource(source))
    this.#executor.write(
      new Map(
        held.flatMap((source) => {
          const numbers = tensors.get(source)
          return numbers === undefined ? [] : [[source, numbers] as const]
        })
      )
    )
    // With fewer epochs than were planned, the last one may be over already.
    const isOver = this.#epochs === this.#options.epochs && this.#progress === null
    if (isOver && this.restoredEpoch === null) this.#takeBestBack(this.#epochs)
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

  get position(): number {
    return this.#positionAt(this.#progress?.done ?? 0)
  }

  state(): TrainingState {
    if (this.stepsAhead > 0) {
      throw new Error(`The state was asked for while ${this.stepsAhead} steps were taken and not told`)
    }
    const { problem, schedule, scheduleType } = this.#checked
    const { earlyStop, restoredEpoch } = this
    const tensors = new Map(this.#executor.sources.map((source) => [source, this.#executor.copy(source)] as const))
    for (const [name, numbers] of this.#best) tensors.set(bestSource(name), numbers.slice())
    return {
      step: this.#step,
      epochs: this.#epochs,
      progress: this.#progress?.state ?? null,
      optimizer: { type: problem.optimizer.type, since: this.#since },
      schedule: { type: scheduleType, state: [...schedule.state] },
      stopper: [...this.#stopper.state],
      ...{ earlyStop, restoredEpoch, tensors }
    }
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

  tellAhead(): readonly StepEvent[] {
    return this.#untold.splice(0).reverse()
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
    const progress = (this.#progress ??= new EpochProgress(this.#options, this.#checked, this.#epochs))
    if (progress.done === this.#checked.rows) return this.#pace.training(() => this.#endEpoch(progress))
    this.#pace.training(() => this.#takeSteps(progress, Math.min(pace.stepsAhead, this.#executor.stepsPerCall)))
    return this.#advance(pace)
  }

  /** Takes from 1 to `most` steps of the epoch. */
  #takeSteps(progress: EpochProgress, most: number): void {
    const { optimizer, config } = this.#checked.problem
    const before = this.#step
    const rows = progress.next(this.#alone(progress, most))
    const rates = rows.map((_, i) => learningRateAt(this.#checked, this.#epochs, progress.stepsBehind + i + 1))
    const taken = this.#executor.takeSteps(
      rows.map((each, i) => {
        const step = before + i + 1
        const today = { ...config, learningRate: rates[i] ?? NaN }
        return { rows: each, epoch: this.#epochs, scalars: stepScalars(optimizer, today, step, step - this.#since) }
      })
    )
    let { done } = progress
    const epoch = this.#epochs + 1
    taken.losses.forEach((loss, i) => {
      const learningRate = rates[i] ?? NaN
      done += rows[i]?.length ?? 0
      progress.learningRate = learningRate
      this.#untold.push({
        type: 'step',
        step: ++this.#step,
        epoch,
        loss,
        learningRate,
        position: this.#positionAt(done)
      })
    })
    progress.add(rows, taken)
    this.#untold.reverse()
    if (taken.failure !== null) this.#failure = this.#diverged(this.#step + 1, taken.failure)
  }

  /** The last step before a look at the layers is taken alone, so that it is known how far it moves the weights. */
  #alone({ stepsLeft }: EpochProgress, most: number): number {
    if (!this.#pace.looksAfter(this.#epochs + 1)) return most
    if (stepsLeft > 1) return Math.min(most, stepsLeft - 1)
    this.#beforeLast = this.#pace.looking(() => this.parameters)
    return 1
  }

  #look(epoch: number): readonly LayerStatistics[] | null {
    if (!this.#pace.looksAfter(epoch)) return null
    if (this.#watch === undefined) this.#watch = watchOf(this.#checked.problem, this.#executor.name)
    const watch = this.#watch
    const layers = this.#pace.looking(() => watch?.look(this.parameters, this.#beforeLast) ?? null)
    this.#pace.looked()
    this.#beforeLast = null
    return layers
  }

  #endEpoch(progress: EpochProgress): EpochEvent {
    const epoch = this.#epochs + 1
    const trainLoss = progress.loss
    const { loss: validationLoss, metrics } = this.#judge(trainLoss)
    const layers = this.#look(epoch)
    const judged = validationLoss ?? trainLoss
    const learningRate = progress.learningRate ?? NaN
    this.#checked.schedule.epochEnded(judged)
    const { best, ends } = this.#stopper.epochEnded(epoch, judged)
    // Those of an older epoch are no longer the best ones, wanted or not.
    if (best) this.#best = this.#stopper.restores ? this.#keptOf((name) => this.#executor.copy(name)) : new Map()
    this.#epochs = epoch
    this.#progress = null
    const last = epoch === this.#options.epochs
    if (ends || last) this.#takeBestBack(epoch)
    if (ends && !last) {
      this.earlyStop = { epoch, bestEpoch: this.#stopper.bestEpoch, restored: this.restoredEpoch !== null }
    }
    const { step, trainMetrics } = { step: this.#step, trainMetrics: progress.metrics }
    return { type: 'epoch', epoch, step, learningRate, trainLoss, validationLoss, best, trainMetrics, metrics, layers }
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
    const { restores, bestEpoch } = this.#stopper
    // There are none where it was not wanted yet when the best epoch ended.
    if (!restores || bestEpoch === epoch || this.#best.size === 0) return
    this.#executor.write(this.#best)
    this.restoredEpoch = bestEpoch
  }

  /** Parameters and buffers that there are. */
  #keptOf(numbersOf: (name: string) => HeldNumbers | undefined): ReadonlyMap<string, HeldNumbers> {
    return new Map(
      keptTensors(this.#checked.problem.model).flatMap(({ name }) => {
        const numbers = numbersOf(name)
        return numbers === undefined ? [] : [[name, numbers] as const]
      })
    )
  }

  /** @param done rows of the epoch in progress */
  #positionAt(done: number): number {
    return this.#epochs + done / this.#checked.rows
  }

  #diverged(step: number, failure: Pick<Divergence, 'scope' | 'what'>): NumericError {
    return divergedError(this.#checked.problem, { ...failure, step, epoch: this.#epochs + 1 })
  }
}
