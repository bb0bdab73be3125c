/** Losses at many places, one after the other as they are asked for. */
import type { PointLoss } from './point-loss'
import { coarseToFine, type CoarseToFine, type Level } from './coarse-to-fine'

/** A grid of places. */
export interface Places {
  /** 1 for a line. */
  readonly rows: number
  readonly columns: number
  /** Writes the coordinates of a place. */
  locate(row: number, column: number, coordinates: Float64Array): void
}

export class LossScan {
  /** Row by row: [rows, columns]. NaN until it is computed, and where the loss is none; infinities stay. */
  readonly losses: Float64Array
  /** Which loss is computed when, from coarse to fine: `losses[order[i]]` is there for i < `done`. */
  readonly order: Int32Array
  readonly levels: readonly Level[]
  readonly #loss: PointLoss
  readonly #places: Places
  readonly #coordinates = new Float64Array(2)
  /** The place in progress. */
  #point: Generator<undefined, number> | null = null
  #done = 0

  constructor(loss: PointLoss, places: Places) {
    const { order, levels }: CoarseToFine = coarseToFine(places.rows, places.columns)
    this.#loss = loss
    this.#places = places
    this.order = order
    this.levels = levels
    this.losses = new Float64Array(order.length).fill(NaN)
  }

  /** Losses that are computed. */
  get done(): number {
    return this.#done
  }

  /** What computes them: float32, or float64. */
  get executor() {
    return this.#loss.executor
  }

  /**
   * Works for some ten milliseconds at most; stopping is not to call it again.
   * @returns whether anything is left
   * @throws as `PointLoss.at`
   */
  next(): boolean {
    const place = this.order[this.#done]
    if (place === undefined) return false
    this.#point ??= this.#start(place)
    const { value, done } = this.#point.next()
    if (done === true) {
      this.losses[place] = value
      this.#point = null
      this.#done++
    }
    return this.#done < this.order.length
  }

  #start(place: number): Generator<undefined, number> {
    const { columns } = this.#places
    this.#places.locate(Math.floor(place / columns), place % columns, this.#coordinates)
    return this.#loss.at(this.#coordinates)
  }
}
