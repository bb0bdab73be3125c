/**
 * One run under a person's hands: it pulls the engine's events, so whoever stops pulling has paused it, and
 * one pull is one step. It gives the event loop a turn every few milliseconds, so requests are answered while
 * it trains.
 */
import type { ExecutorChoice, TrainEvent, Training } from '../engine'
import { epochPointOf } from '../project'
import { errorValue, ConfigError, type ErrorValue } from '../shared/errors'
import type { EpochPoint, RunProgress, RunStatus, StepSeries } from '../shared/views'
import { StepHistory, type StepPoint } from './stepHistory'

/** Longest stretch of training between two turns of the event loop. */
const SLICE_MS = 12

/** What a run tells while it trains. */
export interface RunListener {
  /** A step was made, and with it perhaps an epoch ended. */
  advanced(step: StepPoint | undefined, epoch: EpochPoint | undefined): void
  /** The status changed: paused, resumed, completed, stopped or failed. */
  statusChanged(): void
  /** What computes the run changed: a thread was lost. */
  executorChanged(): void
}

export class RunController {
  error: ErrorValue | null = null
  private currentStatus: RunStatus = 'paused'
  private step = 0
  private epoch = 0
  private epochsEnded = 0
  private trainedMs = 0
  private readonly history = new StepHistory()
  private executor: ExecutorChoice
  private readonly events: AsyncGenerator<TrainEvent, void, void>
  /** Settles when the loop that is pulling has stopped pulling. */
  private loop: Promise<void> = Promise.resolve()

  /** @param training closed when the run has finished */
  constructor(
    private readonly training: Training,
    private readonly plannedEpochs: number,
    private readonly rows: number,
    private readonly listener: RunListener,
    private readonly now: () => number = () => performance.now()
  ) {
    this.executor = training.executor
    const isRunning = () => this.currentStatus === 'running'
    this.events = training.events(undefined, {
      // Running, the engine may take some steps at once; else a pull is one step.
      get stepsAhead() {
        return isRunning() ? Infinity : 1
      }
    })
  }

  get status(): RunStatus {
    return this.currentStatus
  }

  get finished(): boolean {
    return this.currentStatus !== 'running' && this.currentStatus !== 'paused'
  }

  get steps(): StepSeries {
    return this.history.series()
  }

  get progress(): RunProgress {
    const { stepsPerEpoch } = this.training
    const stepMs = this.step > 0 ? this.trainedMs / this.step : null
    return {
      status: this.currentStatus,
      epoch: this.epoch,
      epochs: this.plannedEpochs,
      step: this.step,
      stepsPerEpoch,
      elapsedMs: this.trainedMs,
      remainingMs: stepMs === null ? null : stepMs * (this.plannedEpochs * stepsPerEpoch - this.step),
      rowsPerSecond: this.trainedMs > 0 ? ((this.step / stepsPerEpoch) * this.rows * 1000) / this.trainedMs : null
    }
  }

  /** Trains until paused, stopped, failed or completed; returns at once. */
  resume(): void {
    this.refuseWhenFinished()
    if (this.currentStatus === 'running') return
    this.setStatus('running')
    const before = this.loop
    this.loop = before.then(() => this.pull(() => this.currentStatus === 'running'))
  }

  /** Resolves when the step in progress is made and nothing moves any more. */
  async pause(): Promise<void> {
    this.refuseWhenFinished()
    if (this.currentStatus === 'running') this.setStatus('paused')
    await this.loop
  }

  /** One optimizer update (and the end of its epoch, when it is the last of one); pauses first when running. */
  async singleStep(): Promise<void> {
    await this.pause()
    if (this.finished) return
    const target = this.step + 1
    this.loop = this.pull(() => this.step < target)
    await this.loop
  }

  /** Ends the run for good; what it has learned is kept. */
  async stop(): Promise<void> {
    if (!this.finished) this.setStatus('stopped')
    await this.loop
    await this.events.return()
    this.training.close()
  }

  private refuseWhenFinished(): void {
    if (this.finished) {
      throw new ConfigError(
        'run-finished',
        `This run has ${this.currentStatus}; press Reset or Train to begin a new one.`
      )
    }
  }

  private setStatus(status: RunStatus): void {
    this.currentStatus = status
    this.listener.statusChanged()
  }

  /** Pulls events while `wanted`, and past that what was taken already and the epoch end that belongs to the last step. */
  private async pull(wanted: () => boolean): Promise<void> {
    let sliceStart = this.now()
    let last = sliceStart
    try {
      while (wanted() || this.training.stepsAhead > 0 || this.epochEndIsDue()) {
        const next = await this.events.next()
        const time = this.now()
        this.trainedMs += time - last
        last = time
        if (next.done === true) {
          if (!this.finished) this.setStatus('completed')
          return
        }
        this.apply(next.value)
        this.tellExecutor()
        if (time - sliceStart > SLICE_MS) {
          await new Promise((resolve) => setImmediate(resolve))
          sliceStart = last = this.now()
        }
      }
      if (!this.finished && this.nothingIsLeft()) this.setStatus('completed')
    } catch (thrown) {
      this.error = errorValue(thrown)
      this.setStatus('failed')
    } finally {
      // What is left to do with a finished run needs no threads.
      if (this.finished) this.training.close()
    }
  }

  private tellExecutor(): void {
    const { executor } = this.training
    if (executor === this.executor) return
    this.executor = executor
    this.listener.executorChanged()
  }

  private nothingIsLeft(): boolean {
    const { earlyStop, stepsPerEpoch } = this.training
    return earlyStop !== null || this.step === this.plannedEpochs * stepsPerEpoch
  }

  /** True between the last step of an epoch and the report of its end. */
  private epochEndIsDue(): boolean {
    return (
      !this.finished &&
      this.step > this.epochsEnded * this.training.stepsPerEpoch &&
      this.step % this.training.stepsPerEpoch === 0
    )
  }

  private apply(event: TrainEvent): void {
    if (event.type === 'step') {
      this.step = event.step
      this.epoch = event.epoch
      const point = { epoch: event.step / this.training.stepsPerEpoch, loss: event.loss }
      this.history.add(point)
      this.listener.advanced(point, undefined)
    } else {
      this.epochsEnded = event.epoch
      this.listener.advanced(undefined, epochPointOf(event))
    }
  }
}
