/**
 * One run under a person's hands: it pulls the engine's events, so whoever stops pulling has paused it, and
 * one pull is one step. It gives the event loop a turn every few milliseconds, so requests are answered while
 * it trains.
 */
import type { EpochEvent, ExecutorChoice, TrainEvent, Training } from '../engine'
import type { StepColumns } from '../project'
import { errorValue, ConfigError, type ErrorValue } from '../shared/errors'
import type { RunProgress, RunStatus, StepSeries } from '../shared/views'
import { StepBuffer } from './stepBuffer'
import { fromSeries, StepHistory } from './stepHistory'
import { TimeLeft } from './timeLeft'

/** Longest stretch of training between two turns of the event loop. */
const SLICE_MS = 12
/** A pull that took longer, and far longer than any before it, was interrupted by a computer that slept. */
const SUSPENDED_MS = 5000
const FAR_LONGER = 20

/** What a run tells while it trains. */
export interface RunListener {
  /** Steps were made: good until this returns. */
  stepped(steps: StepColumns): void
  epochEnded(event: EpochEvent): void
  /** Everything that was taken is told: the run stands where it shows. */
  settled(): void
  /** The status changed: paused, resumed, completed, stopped or failed. */
  statusChanged(): void
  /** What computes the run changed: a thread was lost. */
  executorChanged(): void
}

/** What is trained, and how far; read anew each time, since settings may change in mid-training. */
export interface Trained {
  readonly training: Training
  readonly plannedEpochs: number
  /** Training rows. */
  readonly rows: number
  /** Epochs that early stopping will leave it at least; null without early stopping. */
  readonly leastEpochsLeft: number | null
  /** Steps that may be taken before somebody wants to be told that all is settled, from 1. */
  readonly mostStepsAhead: number
}

/** Where a run goes on that was begun before. */
export interface RunPast {
  readonly step: number
  readonly epochsEnded: number
  readonly elapsedMs: number
  readonly steps: StepSeries
}

export class RunController {
  error: ErrorValue | null = null
  private currentStatus: RunStatus = 'paused'
  private step: number
  /** In epochs: epochs ended, and the share of the epoch in progress. */
  private position: number
  private epochsEnded: number
  private trainedMs: number
  /** When the last epoch ended, of the time trained. */
  private epochEndedMs: number
  /** From where on the pace is told. */
  private paceFrom: { position: number; trainedMs: number }
  private longestPullMs = 0
  /** Where a running run pauses by itself. */
  private pauseAfterEpoch = Infinity
  private readonly timeLeft = new TimeLeft()
  private readonly history = new StepHistory()
  /** Steps that the listener was not told of yet: none once all that was taken is told. */
  private readonly untold = new StepBuffer()
  private executor: ExecutorChoice
  private readonly events: AsyncGenerator<TrainEvent, void, void>
  /** Settles when the loop that is pulling has stopped pulling. */
  private loop: Promise<void> = Promise.resolve()
  /** Who holds it still for a moment. */
  private held = 0
  /** Told when it does not run any more. */
  private waiting: (() => void)[] = []

  /** @param trained its training is closed when the run has finished */
  constructor(
    private readonly trained: Trained,
    private readonly listener: RunListener,
    past: RunPast | null = null,
    private readonly now: () => number = () => performance.now()
  ) {
    const { training } = trained
    this.executor = training.executor
    this.step = past?.step ?? 0
    this.epochsEnded = past?.epochsEnded ?? 0
    this.position = past === null ? 0 : training.position
    this.trainedMs = this.epochEndedMs = past?.elapsedMs ?? 0
    this.paceFrom = { position: this.position, trainedMs: this.trainedMs }
    for (const point of past === null ? [] : fromSeries(past.steps)) this.history.add(point)
    const isRunning = () => this.currentStatus === 'running'
    this.events = training.events(undefined, {
      // Running, the engine may take some steps at once; else a pull is one step.
      get stepsAhead() {
        return isRunning() ? trained.mostStepsAhead : 1
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

  /** Trained for so long, pauses not counted. */
  get elapsedMs(): number {
    return this.trainedMs
  }

  /** Where the run stands, as the changes of its settings are marked. */
  get place(): { readonly step: number; readonly position: number; readonly elapsedMs: number } {
    return { step: this.step, position: this.position, elapsedMs: this.trainedMs }
  }

  get progress(): RunProgress {
    const { position, paceFrom, trained } = this
    const { plannedEpochs, rows, leastEpochsLeft } = trained
    const [trainedMs, epochs] = [this.trainedMs - paceFrom.trainedMs, position - paceFrom.position]
    const epochsLeft = Math.max(0, plannedEpochs - position)
    const least = leastEpochsLeft === null ? epochsLeft : Math.min(epochsLeft, leastEpochsLeft)
    return {
      status: this.currentStatus,
      epoch: Math.ceil(position),
      epochs: plannedEpochs,
      step: this.step,
      stepsPerEpoch: trained.training.stepsPerEpoch,
      elapsedMs: this.trainedMs,
      remainingMs: this.timeLeft.expect(epochsLeft) ?? (epochs > 0 ? (trainedMs / epochs) * epochsLeft : null),
      remainingRangeMs: this.timeLeft.range(least, epochsLeft),
      rowsPerSecond: trainedMs > 0 && epochs > 0 ? (epochs * rows * 1000) / trainedMs : null
    }
  }

  /** Trains until paused, stopped, failed or completed; returns at once. */
  resume(): void {
    this.refuseWhenFinished()
    this.pauseAfterEpoch = Infinity
    this.run()
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

  /** As many steps as it takes to the end of the epoch, as a run that pauses there: it can be paused before, and stopped. */
  async singleEpoch(): Promise<void> {
    await this.pause()
    if (this.finished) return
    this.pauseAfterEpoch = this.epochsEnded + 1
    this.run()
  }

  /** Resolves when nothing moves any more: paused or ended, by whomever. */
  async atRest(): Promise<void> {
    if (this.currentStatus === 'running') await new Promise<void>((resolve) => this.waiting.push(resolve))
    await this.loop
  }

  /** Does something where nothing moves, after the step in progress; a running run goes on afterwards, and nobody is told of a pause. */
  async between<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    this.held += 1
    try {
      await this.loop
      return await work()
    } finally {
      this.held -= 1
      if (this.currentStatus === 'running') this.goOn()
    }
  }

  /** Its settings are other ones from here on; only where nothing moves. */
  settingsChanged(): void {
    this.timeLeft.restart()
    this.longestPullMs = 0
    this.paceFrom = { position: this.position, trainedMs: this.trainedMs }
  }

  /** Ends the run for good; what it has learned is kept. */
  async stop(): Promise<void> {
    if (!this.finished) this.setStatus('stopped')
    await this.close()
  }

  /** Nothing moves any more and nothing will, with whatever status it has. */
  async close(): Promise<void> {
    if (this.currentStatus === 'running') this.currentStatus = 'paused'
    for (const told of this.waiting.splice(0)) told()
    await this.loop
    await this.events.return()
    this.trained.training.close()
  }

  private refuseWhenFinished(): void {
    if (this.finished) {
      throw new ConfigError(
        'run-finished',
        `This run has ${this.currentStatus}; press Reset or Train to begin a new one.`
      )
    }
  }

  private run(): void {
    if (this.currentStatus === 'running') return
    this.setStatus('running')
    this.goOn()
  }

  private goOn(): void {
    this.loop = this.loop.then(() => this.pull(() => this.isWanted()))
  }

  private isWanted(): boolean {
    return this.currentStatus === 'running' && this.held === 0 && this.epochsEnded < this.pauseAfterEpoch
  }

  private setStatus(status: RunStatus): void {
    this.currentStatus = status
    this.listener.statusChanged()
    if (status === 'running') return
    for (const told of this.waiting.splice(0)) told()
  }

  /** Pulls events while `wanted`, and past that the epoch end that belongs to the last step. */
  private async pull(wanted: () => boolean): Promise<void> {
    const { training } = this.trained
    let sliceStart = this.now()
    let last = sliceStart
    try {
      while (wanted() || this.epochEndIsDue()) {
        const next = await this.events.next()
        const time = this.now()
        this.trainedMs += this.trainedIn(time - last)
        last = time
        if (next.done === true) {
          if (!this.finished) this.setStatus('completed')
          return
        }
        this.apply(next.value)
        // All that was taken in this pull.
        for (const step of training.tellAhead()) this.apply(step)
        this.tellSteps()
        this.tellExecutor()
        this.listener.settled()
        if (last - sliceStart > SLICE_MS) {
          await new Promise((resolve) => setImmediate(resolve))
          sliceStart = last = this.now()
        }
      }
      if (!this.finished && this.nothingIsLeft()) this.setStatus('completed')
      else if (this.currentStatus === 'running' && this.epochsEnded >= this.pauseAfterEpoch) this.setStatus('paused')
    } catch (thrown) {
      this.tellSteps()
      this.error = errorValue(thrown)
      this.setStatus('failed')
    } finally {
      // What is left to do with a finished run needs no threads.
      if (this.finished) training.close()
    }
  }

  /** Milliseconds of a pull that were training. */
  private trainedIn(ms: number): number {
    const { longestPullMs } = this
    if (ms > SUSPENDED_MS && longestPullMs > 0 && ms > FAR_LONGER * longestPullMs) return longestPullMs
    if (ms > longestPullMs) this.longestPullMs = ms
    return ms
  }

  private tellExecutor(): void {
    const { executor } = this.trained.training
    if (executor === this.executor) return
    this.executor = executor
    this.listener.executorChanged()
  }

  private nothingIsLeft(): boolean {
    return this.trained.training.earlyStop !== null || this.epochsEnded >= this.trained.plannedEpochs
  }

  /** True between the last step of an epoch and the report of its end. */
  private epochEndIsDue(): boolean {
    return !this.finished && this.position >= this.epochsEnded + 1
  }

  private apply(event: TrainEvent): void {
    if (event.type === 'step') {
      this.step = event.step
      this.position = event.position
      if (this.untold.isFull) this.tellSteps()
      this.untold.add(event, this.trainedMs)
    } else {
      this.epochsEnded = event.epoch
      this.timeLeft.epochEnded(this.trainedMs - this.epochEndedMs)
      this.epochEndedMs = this.trainedMs
      this.listener.epochEnded(event)
    }
  }

  private tellSteps(): void {
    const steps = this.untold.take()
    if (steps === null) return
    this.history.addSteps(steps)
    this.listener.stepped(steps)
  }
}
