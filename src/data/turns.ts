/** Long work in turns with whatever else the process has to do. */
import { setImmediate } from 'node:timers/promises'
import { Cancelled } from '../shared/errors'

/** Longest stretch of work, in milliseconds, after which others get a turn. */
const longestTurn = 20

export class Turns {
  private began = performance.now()

  constructor(private readonly signal: AbortSignal | undefined) {}

  /**
   * To be called often. Lets others work when it is time.
   * @throws Cancelled when the signal aborts
   */
  async take(): Promise<void> {
    if (performance.now() - this.began >= longestTurn) {
      await setImmediate()
      this.began = performance.now()
    }
    if (this.signal?.aborted) throw new Cancelled()
  }
}

/** Does work that says by `yield` where others may get a turn. */
export async function inTurns<Result>(work: Generator<unknown, Result>, turns: Turns): Promise<Result> {
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return value
    await turns.take()
  }
}

/** The same without any turn for others. */
export function atOnce<Result>(work: Generator<void, Result>): Result {
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return value
  }
}
