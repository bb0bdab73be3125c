/** The learning-rate range test of the open dataset: one at a time, in turns with everything else. */
import { setImmediate, setTimeout } from 'node:timers/promises'
import { Turns, type Table } from '../data'
import { rateRangeTest, suggestRate, type RatePoint } from '../engine'
import { openExperiment } from '../project'
import { Cancelled, ConfigError, errorValue, type ErrorValue } from '../shared/errors'
import type { RateTestView } from '../shared/run-views'
import type { Setup } from '../shared/setup'

/** Least time between two tellings of how far it is. */
export const TOLD_EVERY_MS = 100
/** Between two looks whether the run still trains. */
const LOOK_EVERY_MS = 50

interface Work {
  readonly stop: AbortController
  readonly points: RatePoint[]
  state: RateTestView['state']
  suggestion: number | null
  sentence: string | null
  error: ErrorValue | null
}

export class RateTesting {
  private work: Work | null = null
  private toldAt = Number.NEGATIVE_INFINITY

  /**
   * @param tell told where it stands; null when there is none any more
   * @param isTraining whether the run in view trains: it goes first
   * @param now a monotonic clock in milliseconds
   */
  constructor(
    private readonly tell: (view: RateTestView | null) => void,
    private readonly isTraining: () => boolean,
    private readonly now: () => number = () => performance.now()
  ) {}

  get view(): RateTestView | null {
    return this.work === null ? null : viewOf(this.work)
  }

  /**
   * Answers at once; what is found out is told.
   * @throws ConfigError `rate-test-in-progress`
   */
  start(table: Table, setup: Setup): RateTestView {
    if (this.work?.state === 'running') {
      throw new ConfigError(
        'rate-test-in-progress',
        'A test of rates is in progress. Cancel it before you begin another.'
      )
    }
    const work: Work = {
      ...{ stop: new AbortController(), points: [], state: 'running' },
      ...{ suggestion: null, sentence: null, error: null }
    }
    this.work = work
    void this.run(table, setup, work)
    return this.show(work)
  }

  /** Ends it, if it is under way; what it has found stays in view. */
  cancel(): null {
    const { work } = this
    if (work?.state !== 'running') return null
    work.state = 'cancelled'
    work.stop.abort()
    this.show(work)
    return null
  }

  /** Another dataset is open, or none. */
  forget(): void {
    const { work } = this
    if (work === null) return
    work.stop.abort()
    this.work = null
    this.tell(null)
  }

  private async run(table: Table, setup: Setup, work: Work): Promise<void> {
    const { signal } = work.stop
    const turns = new Turns(signal)
    try {
      // The answer goes first.
      await setImmediate()
      await this.wait(signal)
      const experiment = openExperiment(table, setup)
      // The test trains by itself, and tells nobody of its threads.
      experiment.training.close()
      for (const point of rateRangeTest(experiment.trainOptions)) {
        work.points.push(point)
        if (this.now() - this.toldAt >= TOLD_EVERY_MS) this.show(work)
        await this.wait(signal)
        await turns.take()
      }
      const { rate, sentence } = suggestRate(work.points)
      Object.assign(work, { state: 'done', suggestion: rate, sentence })
    } catch (thrown) {
      if (thrown instanceof Cancelled || signal.aborted) return
      Object.assign(work, { state: 'failed', error: errorValue(thrown) })
    }
    this.show(work)
  }

  private async wait(signal: AbortSignal): Promise<void> {
    while (this.isTraining() && !signal.aborted) await setTimeout(LOOK_EVERY_MS)
    if (signal.aborted) throw new Cancelled()
  }

  /** Work that was given up may still say something of itself; nobody wants to know. */
  private show(work: Work): RateTestView {
    const view = viewOf(work)
    if (this.work !== work) return view
    this.toldAt = this.now()
    this.tell(view)
    return view
  }
}

function viewOf({ state, points, suggestion, sentence, error }: Work): RateTestView {
  return {
    ...{ state, suggestion, sentence, error },
    rates: points.map(({ rate }) => rate),
    losses: points.map(({ loss }) => loss)
  }
}
