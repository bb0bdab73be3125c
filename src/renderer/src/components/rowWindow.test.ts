import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blockRows, blocksOf, rowWindow, scrollTopOf } from './rowWindow'

describe('rowWindow', () => {
  it('draws a short table whole', () => {
    expect(rowWindow(5, 28, 280, 0)).toEqual({ from: 0, count: 5, abovePx: 0, belowPx: 0 })
    expect(rowWindow(0, 28, 280, 0)).toEqual({ from: 0, count: 0, abovePx: 0, belowPx: 0 })
  })

  it('keeps drawn rows at their place in the content', () => {
    const middle = rowWindow(1000, 20, 200, 4000, 2)
    expect(middle).toEqual({ from: 198, count: 14, abovePx: 3960, belowPx: 20_000 - 3960 - 280 })
  })

  it('reaches the first and the last row of any length, and covers the view', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (rows, share) => {
          const content = Math.min(rows * 28, 8_000_000)
          const scrollable = Math.max(0, content - 300)
          const start = rowWindow(rows, 28, 300, 0)
          const end = rowWindow(rows, 28, 300, scrollable)
          const some = rowWindow(rows, 28, 300, share * scrollable)
          expect(start.from).toBe(0)
          expect(end.from + end.count).toBe(rows)
          expect(some.count).toBeLessThanOrEqual(Math.ceil(300 / 28) + 18)
          expect(some.abovePx + some.count * 28 + some.belowPx).toBeGreaterThanOrEqual(content - 1)
          expect(some.abovePx).toBeLessThanOrEqual(share * scrollable + 1)
          expect(some.abovePx + some.count * 28).toBeGreaterThanOrEqual(
            Math.min(content, share * scrollable + 300) - 29
          )
        }
      )
    )
  })

  it('scrolls to a row and back', () => {
    expect(scrollTopOf(100, 1000, 20, 200)).toBe(2000)
    expect(scrollTopOf(5_000_000, 10_000_000, 28, 280)).toBeCloseTo(
      ((8_000_000 - 280) * 5_000_000) / (10_000_000 - 10),
      3
    )
    const top = scrollTopOf(4_321_000, 10_000_000, 28, 280)
    const seen = rowWindow(10_000_000, 28, 280, top, 0)
    expect(Math.abs(seen.from - 4_321_000)).toBeLessThanOrEqual(1)
    expect(scrollTopOf(3, 5, 28, 280)).toBe(0)
  })

  it('asks for few rows of wide tables and for the blocks of the window alone', () => {
    expect(blockRows(5)).toBe(200)
    expect(blockRows(10_000)).toBe(10)
    expect(blocksOf({ from: 95, count: 10, abovePx: 0, belowPx: 0 }, 100)).toEqual([0, 1])
    expect(blocksOf({ from: 0, count: 0, abovePx: 0, belowPx: 0 }, 100)).toEqual([])
  })
})
