/** A command that takes longer than this is shown as being carried out. */
const SHOWN_AFTER_MS = 250

/** Carries out one command at a time; what is asked for meanwhile is left out. */
export class OneAtATime {
  /** A command has been under way for so long that people should see it. */
  shown = $state(false)
  #busy = false
  #underWay: Promise<void> = Promise.resolve()

  /** Resolves when the command under way has ended, well or not. */
  get settled(): Promise<void> {
    return this.#underWay
  }

  run(work: () => Promise<void>): Promise<void> {
    if (this.#busy) return Promise.resolve()
    this.#busy = true
    const done = this.#carryOut(work)
    this.#underWay = done.catch(() => undefined)
    return done
  }

  async #carryOut(work: () => Promise<void>): Promise<void> {
    const timer = setTimeout(() => (this.shown = true), SHOWN_AFTER_MS)
    try {
      await work()
    } finally {
      clearTimeout(timer)
      this.#busy = false
      this.shown = false
    }
  }
}
