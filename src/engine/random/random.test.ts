import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { philox4x32 } from './philox'
import { permutation, RandomStream } from './stream'

const hex = (block: Uint32Array) => Array.from(block, (word) => word.toString(16).padStart(8, '0')).join(' ')

describe('philox4x32', () => {
  // Known answers of the Random123 distribution (kat_vectors, philox4x32 10).
  const ones = 0xffffffff
  it.each<[[number, number, number, number], [number, number], string]>([
    [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [[ones, ones, ones, ones], [ones, ones], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], 'd16cfe09 94fdcceb 5001e420 24126ea1']
  ])('gives the known answer', (counter, key, expected) => {
    const block = new Uint32Array(4)
    philox4x32(block, ...counter, ...key)
    expect(hex(block)).toBe(expected)
  })
})

describe('RandomStream', () => {
  const draws = (stream: RandomStream, count = 8) => Array.from({ length: count }, () => stream.uint32())

  it('repeats itself and differs by seed, name and step', () => {
    const streams = () => [
      new RandomStream(1, 'a'),
      new RandomStream(2, 'a'),
      new RandomStream(1, 'b'),
      new RandomStream(1, 'a', 1),
      new RandomStream(1, 'a', 2 ** 32)
    ]
    const first = streams().map((stream) => String(draws(stream)))
    expect(streams().map((stream) => String(draws(stream)))).toEqual(first)
    expect(new Set(first).size).toBe(first.length)
  })

  it('draws uniform numbers in [0, 1) with the right mean and variance', () => {
    const stream = new RandomStream(7, 'uniform')
    const values = Array.from({ length: 20_000 }, () => stream.uniform())
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true)
    // Five standard errors: 5 · √(1/12 / 20000) ≈ 0.0102
    expect(Math.abs(average(values) - 0.5)).toBeLessThan(0.0102)
    expect(average(values.map((value) => (value - 0.5) ** 2))).toBeCloseTo(1 / 12, 2)
  })

  it('draws normal numbers with mean 0, variance 1 and the kurtosis of a normal', () => {
    const stream = new RandomStream(7, 'normal')
    const values = Array.from({ length: 20_000 }, () => stream.normal())
    expect(Math.abs(average(values))).toBeLessThan(5 / Math.sqrt(20_000))
    expect(average(values.map((value) => value ** 2))).toBeCloseTo(1, 1)
    expect(average(values.map((value) => value ** 4)) / 3).toBeCloseTo(1, 1)
  })

  it('draws whole numbers below a limit, all of them', () => {
    const stream = new RandomStream(3, 'below')
    const counts = new Array<number>(7).fill(0)
    for (let i = 0; i < 7000; i++) {
      const drawn = stream.below(7)
      counts[drawn] = (counts[drawn] ?? NaN) + 1
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(1000))
  })

  it('refuses a seed that is not a 32-bit whole number', () => {
    for (const seed of [-1, 0.5, NaN, 2 ** 32]) {
      expect(() => new RandomStream(seed, 'a'), String(seed)).toThrow('The seed must be a whole number')
    }
  })
})

describe('permutation', () => {
  it('holds every number once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), fc.nat(), (length, step) => {
        const sorted = [...permutation(1, 'shuffle', step, length)].sort((a, b) => a - b)
        expect(sorted).toEqual(Array.from({ length }, (_, i) => i))
      })
    )
  })

  it('puts each number at each place equally often', () => {
    const counts = new Map<string, number>()
    for (let step = 0; step < 6000; step++) {
      const order = permutation(1, 'shuffle', step, 3).join('')
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(1000))
  })
})

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
