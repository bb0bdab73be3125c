/** What is done beside a training, held to a share of its time. */

/** Milliseconds that may be taken beyond the share, so that a short run is shown in full: it has cheap epochs, or few. */
export const ALLOWANCE_MS = 12

/** Any clock in milliseconds, such as `performance`. */
export interface Clock {
  now(): number
}

/**
 * A piece of work is done when all of them so far, and one more like the last, stay within the allowance and the share. Of the
 * first one at most half the allowance counts as what the next will take: code is compiled, memory touched for the first time.
 */
export class TimeShare {
  /** Milliseconds that they took. */
  #spent = 0
  #last = 0

  readonly #share: number

  /** @param share of the time, from 0 to 1 */
  constructor(share: number) {
    this.#share = share
  }

  /** The first one always is. @param trainedMs the time that it is a share of, since it began */
  allows(trainedMs: number): boolean {
    return this.#spent + this.#last <= ALLOWANCE_MS + this.#share * trainedMs || this.#spent === 0
  }

  took(ms: number): void {
    const counted = this.#spent === 0 ? Math.min(ms, ALLOWANCE_MS / 2) : ms
    this.#last = counted
    this.#spent += counted
  }
}
