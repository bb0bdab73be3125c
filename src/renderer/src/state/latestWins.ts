/**
 * Sends the newest of many values a moment after the last change, and never lets a late answer overwrite a
 * newer one. Answers to values that are no longer the newest are dropped.
 */
export class LatestWins<T, R> {
  private timer: ReturnType<typeof setTimeout> | null = null
  private waiting: { readonly value: T } | null = null
  private sent = 0
  private underWay: Promise<void> = Promise.resolve()

  /**
   * @param send asks the other side; must not reject
   * @param receive gets the answer to the newest value
   */
  constructor(
    private readonly delayMs: number,
    private readonly send: (value: T) => Promise<R>,
    private readonly receive: (answer: R) => void
  ) {}

  /** True while a value waits or its answer has not come. */
  get pending(): boolean {
    return this.waiting !== null
  }

  push(value: T): void {
    this.waiting = { value }
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.flush(), this.delayMs)
  }

  /** Sends what waits now; resolves when the newest answer has been received. */
  async flush(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    if (this.waiting !== null) {
      const { value } = this.waiting
      this.waiting = null
      this.sent += 1
      const number = this.sent
      this.underWay = this.send(value).then((answer) => {
        if (number === this.sent && this.waiting === null) this.receive(answer)
      })
    }
    await this.underWay
  }

  /** Forgets what waits, and the answers that have not come: they belong to something that was closed. */
  clear(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    this.waiting = null
    this.sent += 1
  }
}
