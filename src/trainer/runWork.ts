/** Long work on the run in view: one at a time of a kind, told as it goes, in turns with everything else, ended at any time. */
import { setImmediate } from 'node:timers/promises'
import { Cancelled, errorValue, type ErrorValue } from '../shared/errors'
import type { ActiveRun } from './activeRun'
import { BesideTraining } from './besideTraining'
import type { RunRequests } from './runRequests'

/** Least time between two tellings of how far it is. */
const TOLD_EVERY_MS = 100

type Ended = 'done' | 'failed' | 'cancelled'

/** What every work has. @typeParam UnderWay the states before its end */
export interface BegunWork<UnderWay extends string> {
  readonly id: number
  readonly run: ActiveRun
  readonly stop: AbortController
  state: UnderWay | Ended
  error: ErrorValue | null
}

/** What the work is given. */
export interface WorkHands {
  readonly turns: BesideTraining
  /**
   * To be called after each piece of work: others get their turns.
   * @throws Cancelled when nobody wants to know any more
   */
  readonly tick: () => Promise<void>
}

export class RunWork<UnderWay extends string, Work extends BegunWork<UnderWay>> {
  private work: Work | null = null
  private last = 0
  private toldAt = Number.NEGATIVE_INFINITY

  /**
   * @param tell told of the work that stands otherwise than before; null when there is none any more
   * @param now a monotonic clock in milliseconds
   */
  constructor(
    private readonly runs: RunRequests,
    private readonly tell: (work: Work | null) => void,
    private readonly now: () => number
  ) {}

  /** Null where there is none of the run in view. */
  get current(): Work | null {
    const { work } = this
    return work === null || this.isGone(work) ? null : work
  }

  /** Whether no other has taken its place. */
  holds(work: Work): boolean {
    return this.work === work
  }

  /**
   * Answers at once; whatever was done before gives way.
   * @param make the work as it begins @param compute ends when it is done
   * @throws ConfigError `no-run`
   */
  begin(
    make: (begun: Omit<BegunWork<UnderWay>, 'state'>) => Work,
    compute: (work: Work, hands: WorkHands) => Promise<void>
  ): Work {
    const run = this.runs.require()
    this.work?.stop.abort()
    const work = make({ id: ++this.last, run, stop: new AbortController(), error: null })
    this.work = work
    void this.compute(work, compute)
    return work
  }

  /** Ends it, if it is under way; what is known stays in view. */
  cancel(): null {
    const { work } = this
    if (work === null || hasEnded(work)) return null
    endAs(work, 'cancelled')
    work.stop.abort()
    this.show(work)
    return null
  }

  /** Another dataset is open, or none. */
  forget(): void {
    if (this.work === null) return
    this.work.stop.abort()
    this.work = null
    this.tell(null)
  }

  /** Work that was given up may still say something of itself; nobody wants to know. */
  show(work: Work): void {
    if (this.work !== work) return
    this.toldAt = this.now()
    this.tell(work)
  }

  /** As `show`, but not too often. */
  showInTime(work: Work): void {
    if (this.now() - this.toldAt >= TOLD_EVERY_MS) this.show(work)
  }

  private async compute(work: Work, compute: (work: Work, hands: WorkHands) => Promise<void>): Promise<void> {
    const { signal } = work.stop
    const turns = new BesideTraining(signal, () => this.runs.isTraining, this.now)
    const tick = async (): Promise<void> => {
      await turns.take()
      if (this.isGone(work)) throw new Cancelled()
    }
    try {
      // The answer goes first.
      await setImmediate()
      await compute(work, { turns, tick })
      endAs(work, 'done')
    } catch (thrown) {
      if (this.work === work && this.isGone(work)) this.forget()
      if (thrown instanceof Cancelled || signal.aborted) return
      endAs(work, 'failed', errorValue(thrown))
    }
    this.show(work)
  }

  private isGone({ run }: Work): boolean {
    return this.runs.current !== run
  }
}

function hasEnded({ state }: BegunWork<string>): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled'
}

function endAs(work: BegunWork<string>, state: Ended, error: ErrorValue | null = null): void {
  Object.assign(work, { state, error })
}
