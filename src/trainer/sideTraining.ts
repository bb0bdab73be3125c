/** Short work beside the run in view: one at a time of a kind, told as it goes, in turns with everything else, ended at any time. */
import { setImmediate, setTimeout } from 'node:timers/promises'
import { Turns } from '../data'
import { Cancelled, ConfigError, errorValue, type ErrorValue } from '../shared/errors'
import type { SideState } from '../shared/gradient-views'

/** Least time between two tellings of how far it is. */
const TOLD_EVERY_MS = 100
/** Between two looks whether the run still trains. */
const LOOK_EVERY_MS = 50

export type SideViewOf<Found> = Found & { readonly state: SideState; readonly error: ErrorValue | null }

/** What the work is given. */
export interface SideHands<Found> {
  /** What has been found until now, in place of what was. */
  found(found: Found): void
  /**
   * To be called often: others work, and the run in view trains first.
   * @throws Cancelled when nobody wants to know any more
   */
  turn(): Promise<void>
}

interface Work<Found> {
  readonly stop: AbortController
  found: Found
  state: SideState
  error: ErrorValue | null
}

export class SideTraining<Found extends object> {
  private work: Work<Found> | null = null
  private toldAt = Number.NEGATIVE_INFINITY

  /**
   * @param what it is called, within a sentence: "a comparison of losses"
   * @param tell told where it stands; null when there is none any more
   * @param isTraining whether the run in view trains: it goes first
   * @param now a monotonic clock in milliseconds
   */
  constructor(
    private readonly what: string,
    private readonly tell: (view: SideViewOf<Found> | null) => void,
    private readonly isTraining: () => boolean,
    private readonly now: () => number = () => performance.now()
  ) {}

  get view(): SideViewOf<Found> | null {
    return this.work === null ? null : viewOf(this.work)
  }

  get isUnderWay(): boolean {
    return this.work !== null && isUnderWay(this.work)
  }

  /**
   * Answers at once; what is found out is told.
   * @param found before anything is @throws ConfigError `experiment-in-progress`
   */
  start(found: Found, run: (hands: SideHands<Found>) => Promise<void>): SideViewOf<Found> {
    if (this.isUnderWay) {
      throw new ConfigError(
        'experiment-in-progress',
        `There is ${this.what} in progress. Cancel it before you begin another.`
      )
    }
    const work: Work<Found> = { stop: new AbortController(), found, state: 'running', error: null }
    this.work = work
    void this.run(work, run)
    return this.show(work)
  }

  /** Ends it, if it is under way; what it has found stays in view. */
  cancel(): null {
    const { work } = this
    if (work === null || !isUnderWay(work)) return null
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

  private async run(work: Work<Found>, run: (hands: SideHands<Found>) => Promise<void>): Promise<void> {
    const { signal } = work.stop
    const turns = new Turns(signal)
    const turn = async (): Promise<void> => {
      if (this.isTraining()) await this.wait(work)
      await turns.take()
    }
    try {
      // The answer goes first.
      await setImmediate()
      await turn()
      await run({
        turn,
        found: (found) => {
          work.found = found
          if (!signal.aborted && this.now() - this.toldAt >= TOLD_EVERY_MS) this.show(work)
        }
      })
      if (signal.aborted) return
      work.state = 'done'
    } catch (thrown) {
      if (thrown instanceof Cancelled || signal.aborted) return
      Object.assign(work, { state: 'failed', error: errorValue(thrown) })
    }
    this.show(work)
  }

  private async wait(work: Work<Found>): Promise<void> {
    const { signal } = work.stop
    work.state = 'waiting'
    this.show(work)
    while (this.isTraining() && !signal.aborted) await setTimeout(LOOK_EVERY_MS)
    if (signal.aborted) throw new Cancelled()
    work.state = 'running'
    this.show(work)
  }

  /** Work that was given up may still say something of itself; nobody wants to know. */
  private show(work: Work<Found>): SideViewOf<Found> {
    const view = viewOf(work)
    if (this.work !== work) return view
    this.toldAt = this.now()
    this.tell(view)
    return view
  }
}

function isUnderWay({ state }: { readonly state: SideState }): boolean {
  return state === 'running' || state === 'waiting'
}

function viewOf<Found>({ found, state, error }: Work<Found>): SideViewOf<Found> {
  return { ...found, state, error }
}
