/** How often something that died may be started again, so that a crash at every start does not spin. */

export const MOST_RESTARTS = 3
export const WINDOW_MS = 10 * 60_000
/** Wait before the first restart; the next ones wait twice and three times as long. */
const DELAY_MS = 400

export class RestartBudget {
  private readonly taken: number[] = []

  /** @param now a monotonic clock in milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /**
   * Takes one restart.
   * @returns how long to wait before it, in milliseconds, or null when the budget of the last ten minutes is spent
   */
  take(): number | null {
    const time = this.now()
    while (this.taken.length > 0 && time - (this.taken[0] ?? 0) >= WINDOW_MS) this.taken.shift()
    if (this.taken.length >= MOST_RESTARTS) return null
    this.taken.push(time)
    return this.taken.length * DELAY_MS
  }
}
