/** A part of a table's rows, drawn at random, so that a file of any size can be looked at within the memory there is. */
import { RandomStream } from '../../engine/random/stream'
import type { Notice } from '../../shared/views'

/**
 * Says of one row after the other whether it is drawn: `wanted` of `total`, every choice of so many equally likely, in the
 * order of the file (selection sampling: Knuth, The Art of Computer Programming 2, section 3.4.2, algorithm S). The same
 * numbers draw the same rows.
 */
export class RowSample {
  readonly #random = new RandomStream(1, 'row-sample')
  readonly #wanted: number
  readonly #total: number
  #seen = 0
  #drawn = 0

  constructor(total: number, wanted: number) {
    this.#total = total
    this.#wanted = Math.min(wanted, total)
  }

  /** Whether the next row is drawn. */
  next(): boolean {
    const left = this.#total - this.#seen++
    if (this.#random.uniform() * left >= this.#wanted - this.#drawn) return false
    this.#drawn++
    return true
  }
}

/** That rows were left out, where any were. */
export function sampleNotices(total: number, kept: number): Notice[] {
  if (kept >= total) return []
  return [
    {
      code: 'sampled-rows',
      severity: 'info',
      message: `${kept} of ${total} rows were kept, drawn at random with seed 1, in the order of the file. What is shown and learned is of those.`,
      columns: []
    }
  ]
}
