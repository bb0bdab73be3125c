/** Whether a process that should speak every second still does. It says nothing of one that has not begun to. */

/** Silent for so long, a process does not respond. */
export const SILENCE_MS = 10_000
/** How often the silence is looked at. */
export const CHECK_MS = 1000
/** So much later than expected, whoever looks was asleep itself, as when the computer was: it could hear nothing. */
const LATE_MS = 3 * CHECK_MS

export class Heartbeat {
  private heardAt: number | null = null
  private checkedAt: number
  private silent = false

  /** @param now a monotonic clock in milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {
    this.checkedAt = now()
  }

  /** The process spoke. @returns whether it had been taken for silent */
  beat(): boolean {
    this.heardAt = this.now()
    const back = this.silent
    this.silent = false
    return back
  }

  /** To be called every `CHECK_MS`. @returns true once, when it has been silent for too long */
  check(): boolean {
    const time = this.now()
    const late = time - this.checkedAt > LATE_MS
    this.checkedAt = time
    if (this.heardAt === null || this.silent) return false
    // Not later than now: what it says next is waiting to be heard.
    if (late) this.heardAt = time
    this.silent = time - this.heardAt >= SILENCE_MS
    return this.silent
  }
}
