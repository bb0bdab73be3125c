/**
 * What a command writes to stdout: JSON lines for programs, tables in a terminal, plain lines elsewhere. Notices go to
 * stderr, so that stdout holds results alone, and only once the command has succeeded, so that what a failing command
 * writes there is its one error line.
 */
import { once } from 'node:events'
import type { Notice } from '../shared/views'
import { StorageError } from '../shared/errors'
import { oneLine } from './text'

/**
 * Whether somebody still reads what is written. Without this, `… | head` and `… > file` on a full disk would end in a stack trace,
 * and the training with it.
 */
export class Reader {
  private hasGone = false
  private failed: string | null = null
  private readonly streams = [process.stdout, process.stderr]
  private readonly onError = (error: NodeJS.ErrnoException): void => {
    this.hasGone = true
    // A reader who has gone wants no more; anything else has lost what it wants.
    if (error.code !== 'EPIPE') this.failed ??= error.code ?? error.message
  }

  constructor() {
    for (const stream of this.streams) stream.on('error', this.onError)
  }

  get gone(): boolean {
    return this.hasGone
  }

  /** @throws StorageError when what was written did not arrive, though nobody has gone; for the end of a command */
  requireWritten(): void {
    if (this.failed === null) return
    const what = `Not all that was to be told could be written (${this.failed}). Files and folders are in their places; make room, or send the output elsewhere.`
    throw new StorageError('output-lost', what, { errno: this.failed })
  }

  /** Stops watching, except for what was written already and may still fail, or has failed and is about to tell. */
  close(): void {
    for (const stream of this.streams) {
      if (stream.writableLength === 0 && stream.errored === null) stream.off('error', this.onError)
    }
  }
}

export class Output {
  /** True when a person is looking: results may be tables, progress may be drawn. */
  readonly terminal: boolean
  private readonly pending: Notice[] = []

  constructor(
    readonly json: boolean,
    private readonly reader: Reader
  ) {
    this.terminal = !json && process.stdout.isTTY
  }

  /** True when nobody reads the output any more. Work whose result is a file goes on; the rest may stop. */
  get closed(): boolean {
    return this.reader.gone
  }

  /** One line; resolves when the reader has kept up. */
  async line(text: string): Promise<void> {
    if (this.closed || process.stdout.write(`${text}\n`)) return
    const seen = new AbortController()
    const { signal } = seen
    await Promise.race([once(process.stdout, 'drain', { signal }), once(process.stdout, 'close', { signal })])
      .catch(() => undefined)
      .finally(() => seen.abort())
  }

  /** Keeps notices for `writeNotices`. */
  notices(notices: readonly Notice[]): void {
    for (const notice of notices) this.pending.push(notice)
  }

  /** Writes the notices; for the end of a command that has succeeded. */
  writeNotices(): void {
    for (const { code, message } of this.pending.splice(0))
      process.stderr.write(`notice ${code}: ${oneLine(message)}\n`)
  }
}
