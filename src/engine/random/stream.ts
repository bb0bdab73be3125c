/** Streams of random numbers, each known by (seed, name, step): no state is shared and none needs saving. */
import { ConfigError } from '../../shared/errors'
import { philox4x32 } from './philox'

/** Seeds are 32-bit: half of the generator's key; the stream's name is the other half. */
export const MAX_SEED = 0xffffffff

export class RandomStream {
  readonly #key: readonly [number, number]
  readonly #step: readonly [number, number]
  readonly #block = new Uint32Array(4)
  #blocks = 0
  #unused = 0
  #spareNormal: number | null = null

  /**
   * @param seed whole number from 0 to 2³² − 1
   * @param name what the numbers are for, for example `shuffle`; another name gives unrelated numbers
   * @param step epoch or step, from 0; another step gives unrelated numbers
   * @throws ConfigError `invalid-seed`
   */
  constructor(seed: number, name: string, step = 0) {
    if (!Number.isInteger(seed) || seed < 0 || seed > MAX_SEED) {
      throw new ConfigError('invalid-seed', `The seed must be a whole number from 0 to ${MAX_SEED}, got ${seed}.`)
    }
    this.#key = streamKey(seed, name)
    this.#step = words(step)
  }

  /** A whole number from 0 to 2³² − 1. */
  uint32(): number {
    if (this.#unused === 0) {
      const count = this.#blocks++
      philox4x32(this.#block, count >>> 0, upperWord(count), this.#step[0], this.#step[1], this.#key[0], this.#key[1])
      this.#unused = 4
    }
    return this.#block[4 - this.#unused--] ?? 0
  }

  /** Uniform in [0, 1), a multiple of 2⁻⁵³. */
  uniform(): number {
    const upper = this.uint32() >>> 5
    const lower = this.uint32() >>> 6
    return (upper * 0x4000000 + lower) / 0x20000000000000
  }

  /** A whole number from 0 to `limit` − 1, each as likely as every other; `limit` from 1 to 2³². */
  below(limit: number): number {
    // Numbers past the last whole multiple of `limit` would favour the small ones: they are drawn again. Where that multiple lies
    // takes a slow division, which all but the last `limit` numbers can do without.
    let drawn = this.uint32()
    while (drawn > 0x100000000 - limit && drawn >= 0x100000000 - (0x100000000 % limit)) drawn = this.uint32()
    // As whole numbers of 32 bits the division is fast.
    return limit === 0x100000000 ? drawn : (drawn >>> 0) % (limit >>> 0)
  }

  /** Normal with mean 0 and variance 1. Box and Muller 1958. */
  normal(): number {
    if (this.#spareNormal !== null) {
      const spare = this.#spareNormal
      this.#spareNormal = null
      return spare
    }
    // 1 − u is in (0, 1], where the logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()))
    const angle = 2 * Math.PI * this.uniform()
    this.#spareNormal = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
}

/** The generator's key of the stream of that name. @param seed whole number from 0 to 2³² − 1 */
export function streamKey(seed: number, name: string): readonly [number, number] {
  return [seed, hash(name)]
}

/** 0 … length − 1 in random order (Fisher and Yates), the same for the same (seed, name, step). */
export function permutation(seed: number, name: string, step: number, length: number): Int32Array {
  const random = new RandomStream(seed, name, step)
  const order = new Int32Array(length)
  for (let i = 0; i < length; i++) order[i] = i
  for (let i = length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const moved = order[i] ?? 0
    order[i] = order[j] ?? 0
    order[j] = moved
  }
  return order
}

/** Lower and upper 32 bits of a whole number below 2⁵³. */
function words(value: number): readonly [number, number] {
  return [value >>> 0, upperWord(value)]
}

function upperWord(value: number): number {
  return Math.floor(value / 0x100000000) >>> 0
}

/** FNV-1a, 32 bits, over the UTF-16 code units. */
function hash(name: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < name.length; i++) value = Math.imul(value ^ name.charCodeAt(i), 0x01000193)
  return value >>> 0
}
