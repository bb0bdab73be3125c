/** What is done beside a training, held to a share of its time. */

/** Of the first so many milliseconds any share may be taken: a short run is shown in full. */
export const FREE_MS = 2000

/** Any clock in milliseconds, such as `performance`. */
export interface Clock {
  now(): number
}

/** A piece of work is done when all of them since the free time, and one more like the last, stay within the share. */
export class TimeShare {
  /** Milliseconds that they took since the free time. */
  #spent = 0
  #last = 0

  readonly #share: number

  /** @param share of the time, from 0 to 1 */
  constructor(share: number) {
    this.#share = share
  }

  /** @param trainedMs the time that it is a share of, since it began */
  allows(trainedMs: number): boolean {
    return trainedMs <= FREE_MS || this.#spent + this.#last <= this.#share * (trainedMs - FREE_MS)
  }

  took(ms: number, trainedMs: number): void {
    this.#last = ms
    if (trainedMs > FREE_MS) this.#spent += ms
  }
}
