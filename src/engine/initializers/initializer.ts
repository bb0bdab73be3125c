/** What an initializer declares. */
import type { RandomStream } from '../random/stream'
import type { Shape } from '../spec'

export interface Initializer {
  readonly name: string
  readonly label: string
  /** The distribution, for people. */
  readonly formula: string
  /** Fills `data` (row-major, of this shape) with draws from the stream. */
  fill(data: Float64Array, shape: Shape, random: RandomStream): void
}

/**
 * fanIn and fanOut of a weight [out, in, …kernel]: the numbers of values that feed one output and that one
 * input feeds, as PyTorch counts them.
 */
export function fans(shape: Shape): { fanIn: number; fanOut: number } {
  const [out = 1, input = 1, ...kernel] = shape
  const field = kernel.reduce((product, size) => product * size, 1)
  return { fanIn: input * field, fanOut: out * field }
}

/** Uniform in [−bound, bound). */
export function fillUniform(data: Float64Array, bound: number, random: RandomStream): void {
  for (let i = 0; i < data.length; i++) data[i] = (2 * random.uniform() - 1) * bound
}

/** Normal with mean 0. */
export function fillNormal(data: Float64Array, deviation: number, random: RandomStream): void {
  for (let i = 0; i < data.length; i++) data[i] = random.normal() * deviation
}
