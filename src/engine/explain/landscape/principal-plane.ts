/**
 * The plane in which the path of a run is seen best: through its end, along the first two principal components of its
 * snapshots. Li et al. 2018, section 7: in random planes a path hardly shows, as random directions are nearly orthogonal to it.
 */
import { ConfigError } from '../../../shared/errors'
import type { Model, Parameters } from '../../model/model'
import { sizeOf } from '../../tensor/tensor'
import {
  addScaled,
  dot,
  tensorPairs,
  weightsOf,
  type Direction,
  type Plane,
  type TensorPair,
  type Weights
} from './plane'
import { randomDirection } from './random-plane'
import { symmetricEigen } from './symmetric-eigen'

/** Its directions are orthogonal and of length 1. */
export interface PrincipalPlane extends Plane {
  /** Share of the variance of the snapshots along u, and along v: from 0 to 1. */
  readonly explained: readonly [number, number]
}

/** The snapshots of a run, read when they are asked for. */
export interface Path {
  readonly count: number
  /** Number `index`, from 0, in the order of the run. What it throws ends the work; whoever waits here lets others in. */
  load(index: number): Weights | Promise<Weights>
}

export interface PrincipalOptions {
  /** Bytes of snapshots that may be held at once; 256 MiB unless given. */
  readonly heldBytes?: number
  /** Of the second direction, where the path is a line. */
  readonly seed?: number
}

/** More say no more about a plane, and take the eigenvectors seconds. */
export const MOST_SNAPSHOTS = 256

const HELD_BYTES = 256 * 2 ** 20
/** A second component this small beside all of the path is rounding. */
const NEGLIGIBLE = 1e-12

/**
 * Principal components of θ₁ … θ_n: with d_i = θ_i − θ_end and their mean d̄, the eigenvectors w of the n × n matrix
 * ⟨d_i − d̄, d_j − d̄⟩ give the unit directions Σ w_i · (d_i − d̄) / √λ; the variance along each is λ / n. Trained tensors count,
 * biases too; buffers do not, and stay those of the end on the whole plane, so that the loss of the plane at an earlier
 * snapshot of a network with running statistics is not the loss that it had.
 *
 * The run begins on the positive side of both axes. Where the path is a line, v is a random direction orthogonal to it, with an
 * explained share of 0. Snapshots are read once, and once more if they do not fit `heldBytes`; in parts that fit then, each of
 * which is compared with all that follow it.
 * @param end θ_end, the origin of the plane
 * @throws ConfigError `too-many-snapshots`; `no-path` where no snapshot differs from the end; ShapeError `parameters-mismatch`;
 *   what `load` throws
 */
export async function principalPlane(
  model: Model,
  end: Parameters,
  path: Path,
  { heldBytes = HELD_BYTES, seed = 0 }: PrincipalOptions = {}
): Promise<PrincipalPlane> {
  const { count } = path
  if (count > MOST_SNAPSHOTS) {
    throw new ConfigError(
      'too-many-snapshots',
      `At most ${MOST_SNAPSHOTS} snapshots can be compared, got ${count}; take ${MOST_SNAPSHOTS} of them, spread over the run.`
    )
  }
  const snapshots = new Snapshots(model, weightsOf(end), path, heldBytes)
  const products = await snapshots.products()
  const total = products.reduce((sum, value, at) => (at % (count + 1) === 0 ? sum + value : sum), 0)
  const { values, vectors } = symmetricEigen(centred(products, count), count)
  const variance = values.reduce((sum, value) => sum + Math.max(0, value), 0)
  const counts = (value = 0) => value > NEGLIGIBLE * total
  if (!counts(values[0])) {
    throw new ConfigError(
      'no-path',
      `A path needs snapshots that differ, and the ${count} of this run do not. Train on, or choose random directions.`
    )
  }
  const kept = counts(values[1]) ? 2 : 1
  const [u, second] = await snapshots.combined(
    Array.from({ length: kept }, (_, k) => vectors.subarray(k * count, (k + 1) * count))
  )
  if (u === undefined) throw new Error('There is no first component')
  normalize(u)
  const v = second ?? randomBeside(model, end, seed)
  addScaled(v, -dot(u, v), u)
  normalize(v)
  const first = new Map(tensorPairs(model, weightsOf(end), await snapshots.at(0)).map(differenceOf))
  for (const direction of [u, v]) if (dot(first, direction) < 0) scale(direction, -1)
  const share = (value = 0) => value / variance
  return { origin: end, directions: [u, v], explained: [share(values[0]), kept === 2 ? share(values[1]) : 0] }
}

/** A path's snapshots, as many of them held as there is room for. */
class Snapshots {
  readonly #held = new Map<number, Weights>()
  readonly #room: number

  constructor(
    readonly model: Model,
    readonly end: Weights,
    readonly path: Path,
    heldBytes: number
  ) {
    const numbers = model.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
    this.#room = Math.max(1, Math.floor(heldBytes / (Float64Array.BYTES_PER_ELEMENT * numbers)))
  }

  /** ⟨d_i, d_j⟩ for all pairs: [n, n]. */
  async products(): Promise<Float64Array> {
    const { count } = this.path
    const products = new Float64Array(count * count)
    for (let start = 0; start < count; start += this.#room) {
      this.#held.clear()
      for (let i = start; i < count; i++) {
        const weights = await this.at(i)
        const pairs = tensorPairs(this.model, this.end, weights)
        if (i < start + this.#room) this.#held.set(i, weights)
        for (const [j, other] of this.#held) {
          const product = productOf(pairs, other)
          products[i * count + j] = product
          products[j * count + i] = product
        }
      }
    }
    return products
  }

  /** Σ factors[i] · d_i for each list of factors. */
  async combined(factors: readonly Float64Array[]): Promise<readonly Direction[]> {
    const sums = factors.map(
      () => new Map(this.model.parameters.map(({ name, shape }) => [name, new Float64Array(sizeOf(shape))] as const))
    )
    for (let i = 0; i < this.path.count; i++) {
      const pairs = tensorPairs(this.model, this.end, await this.at(i))
      sums.forEach((sum, k) => {
        for (const pair of pairs) addDifference(sum.get(pair.name), factors[k]?.[i] ?? 0, pair)
      })
    }
    return sums
  }

  async at(index: number): Promise<Weights> {
    return this.#held.get(index) ?? (await this.path.load(index))
  }
}

/** ⟨θ − θ_end, other − θ_end⟩ */
function productOf(pairs: readonly TensorPair[], other: Weights): number {
  let sum = 0
  for (const { name, from, to } of pairs) {
    const numbers = other.get(name)
    if (numbers === undefined) continue
    for (let i = 0; i < from.length; i++) {
      const end = from[i] ?? 0
      sum += ((to[i] ?? 0) - end) * ((numbers[i] ?? 0) - end)
    }
  }
  return sum
}

function differenceOf({ name, from, to }: TensorPair): readonly [string, Float64Array] {
  return [name, Float64Array.from(to, (value, i) => value - (from[i] ?? 0))]
}

function addDifference(sum: Float64Array | undefined, factor: number, { from, to }: TensorPair): void {
  if (sum === undefined) return
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + factor * ((to[i] ?? 0) - (from[i] ?? 0))
}

/** Inner products of what they are of, less its mean. */
function centred(products: Float64Array, n: number): Float64Array {
  const means = Float64Array.from({ length: n }, (_, i) => mean(products.subarray(i * n, (i + 1) * n)))
  const overall = mean(means)
  return products.map((value, at) => value - (means[Math.floor(at / n)] ?? 0) - (means[at % n] ?? 0) + overall)
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function randomBeside(model: Model, end: Parameters, seed: number): Direction {
  const drawn = randomDirection(model, end, seed, 'beside')
  // All tensors are there, so that what is orthogonal to the path can be.
  return new Map(
    model.parameters.map(({ name, shape }) => [name, drawn.get(name) ?? new Float64Array(sizeOf(shape))] as const)
  )
}

function normalize(direction: Direction): void {
  const length = Math.sqrt(dot(direction, direction))
  if (length > 0) scale(direction, 1 / length)
}

function scale(direction: Direction, factor: number): void {
  for (const values of direction.values()) for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) * factor
}
