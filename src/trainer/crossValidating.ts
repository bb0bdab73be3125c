/** The cross-validation of the open dataset: one at a time, told fold by fold, in turns with everything else. */
import { setImmediate, setTimeout } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Table } from '../data'
import { crossValidate } from '../project'
import type { CrossValidationState, CrossValidationView, FoldResult, FoldSummary } from '../shared/cross-validation'
import { Cancelled, ConfigError, errorValue, type ErrorValue } from '../shared/errors'
import type { Setup } from '../shared/setup'

/** Least time between two tellings of how far a network is. */
export const TOLD_EVERY_MS = 100
/** Between two looks whether the run still trains. */
const LOOK_EVERY_MS = 50

interface Work {
  readonly setup: Setup
  readonly folds: number
  readonly stop: AbortController
  state: Exclude<CrossValidationState, 'outdated'>
  fold: number
  epoch: number
  /** When it began or went on last; null while it waits or is over. */
  since: number | null
  /** Until then. */
  spentMs: number
  results: readonly FoldResult[]
  summary: FoldSummary | null
  error: ErrorValue | null
}

export class CrossValidating {
  private work: Work | null = null
  /** The setup is not the one that it was begun with. */
  private isOutdated = false
  private toldAt = Number.NEGATIVE_INFINITY

  /**
   * @param tell told where it stands; null when there is none any more
   * @param isTraining whether the run in view trains: it goes first
   * @param now a monotonic clock in milliseconds
   */
  constructor(
    private readonly tell: (view: CrossValidationView | null) => void,
    private readonly isTraining: () => boolean,
    private readonly now: () => number = () => performance.now()
  ) {}

  get view(): CrossValidationView | null {
    return this.work === null ? null : this.viewOf(this.work)
  }

  /**
   * Answers at once; what is found out is told.
   * @throws ConfigError `cross-validation-in-progress`
   */
  start(table: Table, setup: Setup, folds: number): CrossValidationView {
    if (this.work !== null && isUnderWay(this.work)) {
      throw new ConfigError(
        'cross-validation-in-progress',
        'A cross-validation is in progress. Cancel it before you begin another.'
      )
    }
    const work: Work = {
      ...{ setup, folds, stop: new AbortController(), state: 'running', fold: 1, epoch: 0 },
      ...{ since: this.now(), spentMs: 0, results: [], summary: null, error: null }
    }
    this.work = work
    this.isOutdated = false
    void this.run(table, work)
    return this.show(work)
  }

  /** Ends it, if it is under way; the folds that are done stay in view. */
  cancel(): null {
    const { work } = this
    if (work === null || !isUnderWay(work)) return null
    this.giveUp(work)
    this.show(work)
    return null
  }

  /** Figures of another setup are out of view until it is back; what is under way ends. */
  setupChanged(setup: Setup): void {
    const { work } = this
    if (work === null) return
    const isOutdated = !isDeepStrictEqual(setup, work.setup)
    if (isOutdated === this.isOutdated) return
    this.isOutdated = isOutdated
    if (isOutdated && isUnderWay(work)) this.giveUp(work)
    this.show(work)
  }

  /** Another dataset is open, or none. */
  forget(): void {
    const { work } = this
    if (work === null) return
    if (isUnderWay(work)) this.giveUp(work)
    this.work = null
    this.tell(null)
  }

  private async run(table: Table, work: Work): Promise<void> {
    const { signal } = work.stop
    try {
      // The answer goes first.
      await setImmediate()
      const { folds, ...summary } = await crossValidate(table, work.setup, work.folds, {
        signal,
        hold: () => (this.isTraining() ? this.wait(work) : null),
        onProgress: ({ fold, epoch }) => {
          Object.assign(work, { fold, epoch })
          if (this.now() - this.toldAt >= TOLD_EVERY_MS) this.showLatest(work)
        },
        onFold: (result) => {
          work.results = [...work.results, result]
          this.showLatest(work)
        }
      })
      if (signal.aborted) return
      Object.assign(work, { results: folds, summary })
      this.end(work, 'completed')
    } catch (thrown) {
      if (thrown instanceof Cancelled || signal.aborted) return
      work.error = errorValue(thrown)
      this.end(work, 'failed')
    }
    this.showLatest(work)
  }

  private async wait(work: Work): Promise<void> {
    this.pause(work)
    work.state = 'waiting'
    this.showLatest(work)
    while (this.isTraining() && !work.stop.signal.aborted) await setTimeout(LOOK_EVERY_MS)
    if (work.stop.signal.aborted) return
    work.state = 'running'
    work.since = this.now()
    this.showLatest(work)
  }

  private giveUp(work: Work): void {
    this.end(work, 'cancelled')
    work.stop.abort()
  }

  private end(work: Work, state: 'completed' | 'cancelled' | 'failed'): void {
    this.pause(work)
    work.state = state
  }

  private pause(work: Work): void {
    work.spentMs = this.elapsed(work)
    work.since = null
  }

  private elapsed({ since, spentMs }: Work): number {
    return since === null ? spentMs : spentMs + this.now() - since
  }

  private viewOf(work: Work): CrossValidationView {
    const { setup, folds, state, fold, epoch, results, summary, error } = work
    const of = { folds, fold, epoch, epochs: setup.epochs, elapsedMs: this.elapsed(work) }
    return this.isOutdated
      ? { ...of, state: 'outdated', results: [], summary: null, error: null }
      : { ...of, state, results, summary, error }
  }

  /** Work that was given up may still say something of itself; nobody wants to know. */
  private showLatest(work: Work): void {
    if (this.work === work && !work.stop.signal.aborted) this.show(work)
  }

  private show(work: Work): CrossValidationView {
    const view = this.viewOf(work)
    this.toldAt = this.now()
    this.tell(view)
    return view
  }
}

function isUnderWay({ state }: Work): boolean {
  return state === 'running' || state === 'waiting'
}
