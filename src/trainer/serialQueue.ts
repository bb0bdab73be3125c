/** Work that must not overlap: each piece begins when the one before it has settled, in the order of asking. */
export class SerialQueue {
  private last: Promise<unknown> = Promise.resolve()

  run<T>(work: () => T | Promise<T>): Promise<T> {
    const result = this.last.then(work)
    // A failure is its caller's alone; the queue goes on.
    this.last = result.catch(() => undefined)
    return result
  }
}
