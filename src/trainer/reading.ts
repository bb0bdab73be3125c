/** One file being read: how far it is, told now and then once it takes long, and how it is ended early. */
import type { ReadProgress } from '../data'
import { Cancelled } from '../shared/errors'
import type { ReadingView } from '../shared/views'

/** A reading that is over sooner is not worth a word. */
export const SHOWN_AFTER_MS = 300
/** Least time between two tellings. */
export const TOLD_EVERY_MS = 100

export class Reading {
  private readonly controller = new AbortController()
  private latest: ReadProgress | null = null
  /** When the first rows were there. */
  private rowsSince: number | null = null
  private toldAt: number | null = null
  private isOver = false
  private readonly timer: NodeJS.Timeout

  /**
   * @param tell told how far it is; null when there is nothing to show any more
   * @param now a monotonic clock in milliseconds
   */
  constructor(
    private readonly fileName: string,
    private readonly tell: (view: ReadingView | null) => void,
    private readonly now: () => number = () => performance.now()
  ) {
    this.timer = setTimeout(() => this.show(), SHOWN_AFTER_MS)
  }

  get signal(): AbortSignal {
    return this.controller.signal
  }

  advance(progress: ReadProgress): void {
    this.latest = progress
    if (progress.rows > 0) this.rowsSince ??= this.now()
    if (this.toldAt !== null && this.now() - this.toldAt >= TOLD_EVERY_MS) this.show()
  }

  /** What was read so far is not wanted any more. */
  cancel(): void {
    this.controller.abort()
    this.end()
  }

  /** @throws Cancelled when it was cancelled */
  requireWanted(): void {
    if (this.signal.aborted) throw new Cancelled(`"${this.fileName}" is not wanted any more.`)
  }

  /** There is nothing to show any more. */
  end(): void {
    if (this.isOver) return
    this.isOver = true
    clearTimeout(this.timer)
    if (this.toldAt !== null) this.tell(null)
  }

  private show(): void {
    if (this.isOver) return
    this.toldAt = this.now()
    const { fileName, latest, rowsSince } = this
    const seconds = rowsSince === null ? 0 : (this.now() - rowsSince) / 1000
    this.tell({
      fileName,
      bytes: latest?.bytes ?? null,
      totalBytes: latest?.totalBytes ?? null,
      rows: latest?.rows ?? 0,
      rowsPerSecond: latest === null || seconds <= 0 ? null : latest.rows / seconds
    })
  }
}
