/** Long work in short slices, beside a run that may train meanwhile. */
import { setImmediate, setTimeout } from 'node:timers/promises'
import { Cancelled } from '../shared/errors'

/** Longest slice: a window that asks something meanwhile is answered within a frame. */
const SLICE_MS = 11
/** Times as long as a slice took, a run that trains goes on before the next one. */
const REST = 2

export class BesideTraining {
  private began: number
  private before: number
  private longestPiece = 0

  /** @param now a monotonic clock in milliseconds */
  constructor(
    private readonly signal: AbortSignal,
    private readonly isTraining: () => boolean,
    private readonly now: () => number = () => performance.now()
  ) {
    this.began = this.before = now()
  }

  /**
   * To be called after each piece of work. Lets others work where one more piece like the last ones would make the slice too long.
   * @throws Cancelled when the signal aborts
   */
  async take(): Promise<void> {
    const now = this.now()
    // A piece that was long once need not be so again.
    this.longestPiece = Math.max(now - this.before, 0.9 * this.longestPiece)
    this.before = now
    const spent = now - this.began
    if (spent + this.longestPiece > SLICE_MS) {
      if (this.isTraining()) await setTimeout(REST * spent)
      else await setImmediate()
      this.began = this.before = this.now()
    }
    if (this.signal.aborted) throw new Cancelled()
  }

  /** Work that says by `yield` where others may get a turn. */
  async all<Result>(work: Generator<unknown, Result>): Promise<Result> {
    for (;;) {
      const { done, value } = work.next()
      if (done === true) return value
      await this.take()
    }
  }
}
