/** What an initializer declares. */
import type { RandomStream } from '../random/stream'
import type { Shape } from '../spec'

export interface Initializer {
  readonly name: string
  readonly label: string
  /** The distribution, for people. */
  readonly formula: string
  /** Fills `data` (row-major, of this shape) with draws from the stream. @param value for `constant` alone */
  fill(data: Float64Array, shape: Shape, random: RandomStream, value?: number): void
}

export interface Fans {
  /** Values that feed one output. */
  readonly fanIn: number
  /** Values that one input feeds. */
  readonly fanOut: number
}

/** Of a weight [out, in, …kernel], as PyTorch counts them. */
export function fans(shape: Shape): Fans {
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
