/** Ctrl+C, and being asked to end: work stops where it leaves nothing half-written. */

/** Being asked to end is no other end than Ctrl+C: what was begun can be gone on with. */
const statuses = { SIGINT: 130, SIGTERM: 130, SIGHUP: 129 } as const

/** The first signal aborts; a second one ends the process at once, as it would have without this. */
export class Interruption {
  /** The exit status that tells of the signal, once one has come. */
  status: number | undefined
  private readonly controller = new AbortController()
  private readonly listeners: (() => void)[]

  constructor() {
    this.listeners = Object.entries(statuses).map(([signal, status]) => {
      const listener = () => {
        this.status = status
        this.controller.abort()
        this.close()
      }
      process.on(signal, listener)
      return () => process.off(signal, listener)
    })
  }

  get signal(): AbortSignal {
    return this.controller.signal
  }

  close(): void {
    for (const remove of this.listeners) remove()
  }
}
