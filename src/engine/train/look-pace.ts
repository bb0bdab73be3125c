/** After which epochs a training looks at its layers. */
import { isMilestone } from './milestones'
import { TimeShare, type Clock } from './time-share'

/** Of the time of training: what looking at the layers may take. */
export const LOOK_SHARE = 0.003

/** After milestones: all of them, or, by a clock, as many as take little of the time. */
export class LookPace {
  readonly #watch: boolean | Clock
  readonly #clock: Clock | null
  readonly #share = new TimeShare(LOOK_SHARE)
  #trainedMs = 0
  #lookMs = 0
  #decided: { readonly epoch: number; readonly looks: boolean } | null = null

  constructor(watch: boolean | Clock) {
    this.#watch = watch
    this.#clock = typeof watch === 'boolean' ? null : watch
  }

  /** Decided once for each epoch, before its last step. */
  looksAfter(epoch: number): boolean {
    if (this.#watch === false || !isMilestone(epoch)) return false
    if (this.#clock === null) return true
    if (this.#decided?.epoch !== epoch) this.#decided = { epoch, looks: this.#share.allows(this.#trainedMs) }
    return this.#decided.looks
  }

  /** Does what is training, looks among it. */
  training<Result>(work: () => Result): Result {
    if (this.#clock === null) return work()
    const start = this.#clock.now()
    const result = work()
    this.#trainedMs += this.#clock.now() - start
    return result
  }

  /** Does a part of a look. */
  looking<Result>(work: () => Result): Result {
    if (this.#clock === null) return work()
    const start = this.#clock.now()
    const result = work()
    this.#lookMs += this.#clock.now() - start
    return result
  }

  /** A look is over. */
  looked(): void {
    this.#share.took(this.#lookMs)
    this.#lookMs = 0
  }
}
