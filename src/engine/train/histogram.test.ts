import { describe, expect, it } from 'vitest'
import { RandomStream } from '../random/stream'
import { BINS, histogramOf, MOST_COUNTED, shareOf } from './histogram'

describe('histogramOf', () => {
  it('counts what falls between each two edges, the last edge included', () => {
    const random = new RandomStream(3, 'histogram')
    const values = new Float64Array(5000).map(() => random.normal())
    values[0] = -4
    values[1] = 4
    const { min, max, counts } = histogramOf(values)
    expect([min, max]).toEqual([-4, 4])
    const edges = Array.from({ length: BINS + 1 }, (_, i) => -4 + i / 4)
    const within = (bin: number) => (value: number) =>
      value >= (edges[bin] ?? NaN) && (value < (edges[bin + 1] ?? NaN) || (bin === BINS - 1 && value === 4))
    expect(counts).toEqual(Array.from({ length: BINS }, (_, bin) => values.filter(within(bin)).length))
    expect(counts.reduce((sum, count) => sum + count)).toBe(5000)
  })

  it('leaves out what is no finite number, and is empty without any', () => {
    const { min, max, counts } = histogramOf([NaN, 1, Infinity, 3, -Infinity])
    expect({ min, max, first: counts[0], last: counts.at(-1) }).toEqual({ min: 1, max: 3, first: 1, last: 1 })
    expect(histogramOf([NaN])).toEqual({ min: 0, max: 0, counts: new Array(BINS).fill(0) })
    expect(histogramOf([]).counts).toHaveLength(BINS)
  })

  it('puts numbers that are all one into the first bin, and those of the widest range into some', () => {
    expect(histogramOf([7, 7, 7])).toMatchObject({ min: 7, max: 7 })
    expect(histogramOf([7, 7, 7]).counts[0]).toBe(3)
    const wide = histogramOf([-Number.MAX_VALUE, 0, Number.MAX_VALUE])
    expect(wide.counts.reduce((sum, count) => sum + count)).toBe(3)
  })

  it('looks at some of many, at every place of every row', () => {
    // Rows of 1024 units, each with its own number: a stride of 8 would see 128 units alone.
    const values = Float64Array.from({ length: 512 * 1024 }, (_, i) => i % 1024)
    const { min, max, counts } = histogramOf(values)
    expect([min, max]).toEqual([0, 1023])
    const counted = counts.reduce((sum, count) => sum + count)
    expect(counted).toBeLessThanOrEqual(MOST_COUNTED)
    expect(counted).toBeGreaterThan(MOST_COUNTED / 2)
    for (const count of counts) expect(count / counted).toBeCloseTo(1 / BINS, 3)
    expect(shareOf(values, (value) => value < 512)).toBeCloseTo(0.5, 3)
  })
})

describe('shareOf', () => {
  it('is the share for which it holds, and 0 of nothing', () => {
    expect(shareOf([1, 2, 3, 4], (value) => value > 1)).toBe(0.75)
    expect(shareOf([], () => true)).toBe(0)
  })
})
