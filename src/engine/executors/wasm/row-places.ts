/**
 * The rows that steps gather, in the executor's memory. Tensors are held whole, and a step names rows of them. Where rows are
 * made when asked for, those of one call are *staged*: written before the call, in its order, and named 0, 1, … there.
 */
import { MAX_STAGED_BYTES } from '../../model/memory'
import { INPUT } from '../../spec'
import { copyRows, heldNumbers, isRowSource, rowSize, type Features, type TrainingPass } from '../../train/row-source'
import { fedTargets, type Samples } from '../../train/samples'
import { TARGETS } from '../../train/step-graph'
import type { Layout } from './layout'

/** The executor's memory. */
interface Views {
  readonly numbers: Float32Array
  readonly words: Int32Array
}

/** Of one source of the step's graph. */
interface Part {
  readonly source: string
  readonly rows: Features
  address: number
}

export class RowPlaces {
  /** Rows of one call at most; no bound where nothing is staged. */
  readonly mostRows: number
  readonly #parts: readonly Part[]
  readonly #isStaged: boolean

  /** @param weighted whether the graph takes row weights */
  constructor(samples: Samples, weighted: boolean, layout: Layout) {
    const parts = [
      { source: INPUT, rows: samples.features },
      { source: TARGETS, rows: fedTargets(samples, weighted) }
    ]
    this.#isStaged = parts.some(({ rows }) => isRowSource(rows))
    this.#parts = parts.map(({ source, rows }) => ({
      ...{ source, rows },
      address: this.#isStaged ? NaN : layout.take(4 * heldNumbers(rows))
    }))
    const bytes = parts.reduce((sum, { rows }) => sum + 4 * rowSize(rows), 0)
    this.mostRows = this.#isStaged ? Math.max(1, Math.floor(MAX_STAGED_BYTES / bytes)) : Infinity
  }

  /** Takes the room for the staged rows of a call, if there are any. */
  reserve(layout: Layout, rowsPerCall: number): void {
    if (!this.#isStaged) return
    for (const part of this.#parts) part.address = layout.take(4 * rowsPerCall * rowSize(part.rows))
  }

  /** Copies what is held whole. */
  fill(numbers: Float32Array): void {
    for (const { rows, address } of this.#parts)
      if (!isRowSource(rows) && !this.#isStaged) numbers.set(rows.data, address / 4)
  }

  /** Where the graph's source of that name is. */
  addressOf(source: string): number {
    return this.#parts.find((part) => part.source === source)?.address ?? NaN
  }

  /**
   * Names rows for a call, and writes those that are staged.
   * @param names address of the table of the call's rows @param at rows that the call has already
   */
  name(rows: Int32Array, { numbers, words }: Views, names: number, at: number, pass: TrainingPass | null): void {
    const first = names / 4 + at
    if (!this.#isStaged) return words.set(rows, first)
    for (const part of this.#parts) copyRows(part.rows, rows, numbers, part.address / 4 + at * rowSize(part.rows), pass)
    for (let i = 0; i < rows.length; i++) words[first + i] = at + i
  }
}
