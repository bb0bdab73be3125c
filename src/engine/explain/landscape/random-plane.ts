/**
 * Random directions of the size of the weights. Li, Xu, Taylor, Studer and Goldstein 2018, "Visualizing the Loss Landscape
 * of Neural Nets", section 4.
 *
 * Weights that are scaled up in one layer and down in the next compute the same, yet a step of one length means another thing
 * to them: slices along plain random directions cannot be compared. So each filter of a direction is scaled to the length of
 * the network's own filter, d_f ← d_f · ‖θ_f‖ / ‖d_f‖. A filter is all weights into one unit or channel, and a row of an
 * embedding: what stands at one place of a tensor's first axis. Tensors of one axis (biases, scales of normalisations) and
 * buffers do not move, as in the authors' code.
 */
import { ConfigError } from '../../../shared/errors'
import type { Model, Parameters } from '../../model/model'
import { RandomStream } from '../../random/stream'
import { sizeOf } from '../../tensor/tensor'
import { resultOf } from '../../train/slices'
import type { Direction, Plane } from './plane'

/** Numbers drawn at once: some ten milliseconds. */
const DRAWN_AT_ONCE = 100_000

/**
 * The plane of two such directions through the given weights. They are drawn independently and not made orthogonal: in many
 * dimensions they nearly are, the angle's cosine being of the order 1/√P for P weights.
 * @param seed whole number from 0 to 2³² − 1; the same seed gives the same plane
 * @throws ConfigError `invalid-seed`; `no-direction` where all such weights are 0, so that there is no scale
 */
export function randomPlane(model: Model, origin: Parameters, seed: number): Plane {
  return resultOf(randomPlaneInSlices(model, origin, seed))
}

/** `randomPlane` in slices of some ten milliseconds: whoever pulls decides when to breathe. */
export function* randomPlaneInSlices(model: Model, origin: Parameters, seed: number): Generator<undefined, Plane> {
  const u = yield* drawnInSlices(model, origin, seed, 'u')
  const v = yield* drawnInSlices(model, origin, seed, 'v')
  return { origin, directions: [u, v] }
}

/** @param name of the direction: another one gives unrelated numbers @throws as `randomPlane` */
export function randomDirection(model: Model, origin: Parameters, seed: number, name: string): Direction {
  return resultOf(drawnInSlices(model, origin, seed, name))
}

function* drawnInSlices(model: Model, origin: Parameters, seed: number, name: string): Generator<undefined, Direction> {
  const direction = new Map<string, Float64Array>()
  let drawn = 0
  for (const { name: tensor, shape } of model.parameters) {
    const weights = origin.get(tensor)?.data
    if (shape.length < 2 || weights === undefined || weights.every((weight) => weight === 0)) continue
    // Each tensor has a stream of its own, so that another layer does not change its numbers.
    const random = new RandomStream(seed, `landscape/${name}/${tensor}`)
    const numbers = new Float64Array(weights.length)
    const filter = sizeOf(shape.slice(1))
    for (let start = 0; start < numbers.length; start += filter) {
      const d = numbers.subarray(start, start + filter)
      for (let i = 0; i < filter; i++) d[i] = random.normal()
      const length = norm(d)
      const scale = length === 0 ? 0 : norm(weights.subarray(start, start + filter)) / length
      for (let i = 0; i < filter; i++) d[i] = (d[i] ?? 0) * scale
      drawn += filter
      if (drawn < DRAWN_AT_ONCE) continue
      drawn = 0
      yield
    }
    direction.set(tensor, numbers)
  }
  if (direction.size > 0) return direction
  throw new ConfigError(
    'no-direction',
    'A random direction takes its size from the weights, but all weights of the network are 0. Choose a moment after the first steps.'
  )
}

function norm(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
}
