/** Where weights lie, seen from a plane. */
import type { Model } from '../../model/model'
import { dot, tensorPairs, weightsOf, type Plane, type Weights } from './plane'

/** A place on a plane. */
export interface PlanePoint {
  /** Along u. */
  readonly alpha: number
  /** Along v. */
  readonly beta: number
}

export interface Projected extends PlanePoint {
  /** ‖θ − θ(α, β)‖: how far the weights are from the place that they are drawn at. */
  readonly distance: number
}

/** Of the part of the plane that is drawn. */
export interface Extent {
  readonly alpha: readonly [low: number, high: number]
  readonly beta: readonly [low: number, high: number]
}

/** Directions whose angle has a smaller squared sine than this are one. */
const PARALLEL = 1e-12

/** Projects on one plane. */
export class Projection {
  readonly #model: Model
  readonly #plane: Plane
  readonly #origin: Weights
  /** ⟨u, u⟩, ⟨u, v⟩, ⟨v, v⟩ */
  readonly #products: readonly [number, number, number]

  constructor(model: Model, plane: Plane) {
    const [u, v] = plane.directions
    this.#model = model
    this.#plane = plane
    this.#origin = weightsOf(plane.origin)
    this.#products = [dot(u, u), dot(u, v), dot(v, v)]
  }

  /**
   * The nearest place on the plane, by least squares, over the trained tensors: biases count too where the directions do not
   * move them, buffers do not.
   * @throws ShapeError `parameters-mismatch`
   */
  of(weights: Weights): Projected {
    const [u, v] = this.#plane.directions
    const pairs = tensorPairs(this.#model, this.#origin, weights)
    let alongU = 0
    let alongV = 0
    for (const { name, from, to } of pairs) {
      const [a, b] = [u.get(name), v.get(name)]
      for (let i = 0; i < from.length; i++) {
        const difference = (to[i] ?? 0) - (from[i] ?? 0)
        alongU += difference * (a?.[i] ?? 0)
        alongV += difference * (b?.[i] ?? 0)
      }
    }
    const { alpha, beta } = this.#solved(alongU, alongV)
    let squares = 0
    for (const { name, from, to } of pairs) {
      const [a, b] = [u.get(name), v.get(name)]
      for (let i = 0; i < from.length; i++) {
        squares += ((to[i] ?? 0) - (from[i] ?? 0) - alpha * (a?.[i] ?? 0) - beta * (b?.[i] ?? 0)) ** 2
      }
    }
    return { alpha, beta, distance: Math.sqrt(squares) }
  }

  /** α and β with α⟨u, u⟩ + β⟨u, v⟩ = ⟨d, u⟩ and α⟨u, v⟩ + β⟨v, v⟩ = ⟨d, v⟩. */
  #solved(alongU: number, alongV: number): PlanePoint {
    const [uu, uv, vv] = this.#products
    const determinant = uu * vv - uv * uv
    if (determinant <= PARALLEL * uu * vv) return { alpha: uu === 0 ? 0 : alongU / uu, beta: 0 }
    return { alpha: (vv * alongU - uv * alongV) / determinant, beta: (uu * alongV - uv * alongU) / determinant }
  }
}

/**
 * The part of a plane that holds the origin and all of the places.
 * @param margin left on each side, as a share of what they take. An axis along which they take nothing is as long as the
 *   other one; both reach from −1 to 1 where nothing lies off the origin
 */
export function extentAround(points: readonly PlanePoint[], margin = 0.2): Extent {
  const alpha = rangeOf(points.map((point) => point.alpha))
  const beta = rangeOf(points.map((point) => point.beta))
  const longest = Math.max(alpha[1] - alpha[0], beta[1] - beta[0])
  const widened = ([low, high]: readonly [number, number]): readonly [number, number] => {
    if (longest === 0) return [-1, 1]
    const isPoint = high - low <= PARALLEL * longest
    const more = isPoint ? longest / 2 + margin * longest : margin * (high - low)
    return [low - more, high + more]
  }
  return { alpha: widened(alpha), beta: widened(beta) }
}

function rangeOf(values: readonly number[]): readonly [number, number] {
  return [values.reduce((low, each) => Math.min(low, each), 0), values.reduce((high, each) => Math.max(high, each), 0)]
}
