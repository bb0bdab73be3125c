/** A command that takes longer than this is shown as being carried out. */
const SHOWN_AFTER_MS = 250

interface Command {
  readonly name: string
  readonly work: () => Promise<void>
  readonly done: (outcome: Promise<void> | undefined) => void
}

/**
 * Carries out one command at a time. The command that is under way, asked for again, is left out: a double click
 * is one. Another command waits until it has ended; of several that wait, the last one asked for counts.
 */
export class OneAtATime {
  /** A command has been under way for so long that people should see it. */
  shown = $state(false)
  #underWay: string | null = null
  #busy = false
  #next: Command | null = null
  #settled: Promise<void> = Promise.resolve()

  /** Resolves when nothing is under way and nothing waits, whether it went well or not. */
  get settled(): Promise<void> {
    return this.#settled
  }

  /** Resolves when the command has ended, or was left out. */
  run(name: string, work: () => Promise<void>): Promise<void> {
    if (this.#underWay === name) {
      this.#leaveOut()
      return Promise.resolve()
    }
    return new Promise((done) => {
      this.#leaveOut()
      this.#next = { name, work, done }
      if (!this.#busy) this.#settled = this.#carryOutAll()
    })
  }

  #leaveOut(): void {
    this.#next?.done(undefined)
    this.#next = null
  }

  async #carryOutAll(): Promise<void> {
    this.#busy = true
    for (let command = this.#next; command !== null; command = this.#next) {
      this.#next = null
      const outcome = this.#carryOut(command)
      command.done(outcome)
      await outcome.catch(() => undefined)
    }
    this.#busy = false
  }

  async #carryOut({ name, work }: Command): Promise<void> {
    this.#underWay = name
    const timer = setTimeout(() => (this.shown = true), SHOWN_AFTER_MS)
    try {
      await work()
    } finally {
      clearTimeout(timer)
      this.#underWay = null
      this.shown = false
    }
  }
}
