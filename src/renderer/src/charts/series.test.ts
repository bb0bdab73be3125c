import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { epochAxis, formatTick, linearAxis, logAxis, niceStep, rangeOf } from './axis'
import { Curve } from './curve'
import { Extremes } from './extremes'
import { Smoother } from './smoothing'
import { envelope, nearestIndex, thinSteps } from './thinning'

/** The same cases in every run of the tests. */
const sameCases = { seed: 20 }

const many = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), {
  minLength: 1,
  maxLength: 400
})

describe('Smoother', () => {
  it('leaves a constant as it is from the first point on', () => {
    const smoother = new Smoother(0.9)
    for (const value of [3, 3, 3]) expect(smoother.next(value)).toBeCloseTo(value, 12)
  })

  it('is the weighted mean of what came before', () => {
    const smoother = new Smoother(0.5)
    smoother.next(1)
    expect(smoother.next(4)).toBeCloseTo((0.25 * 1 + 0.5 * 4) / 0.75, 12)
  })

  it('gives what was measured at factor 0, and a gap where nothing was', () => {
    const smoother = new Smoother(0)
    expect([1, Number.NaN, 5].map((value) => smoother.next(value))).toEqual([1, Number.NaN, 5])
  })
})

describe('Curve', () => {
  it('smooths a growing series as it smooths the whole', () => {
    const growing = new Curve(0.6)
    const anew = new Curve(0)
    ;[5, 3, 4, 1].forEach((value, index) => {
      growing.add(index + 1, value)
      anew.add(index + 1, value)
    })
    expect(anew.smooth).toEqual(anew.raw)
    anew.smoothBy(0.6)
    expect(anew.smooth).toEqual(growing.smooth)
  })
})

describe('Extremes', () => {
  it('keeps order, the limit and the extremes of any series', () => {
    fc.assert(
      fc.property(many, fc.integer({ min: 1, max: 20 }), (y, half) => {
        const extremes = new Extremes(2 * half)
        y.forEach((value, index) => extremes.add(index, value))
        const columns = extremes.columns()
        expect(columns.x.length).toBeLessThanOrEqual(4 * half)
        expect(columns.x).toEqual([...new Set(columns.x)].sort((a, b) => a - b))
        expect([Math.min(...columns.y), Math.max(...columns.y)]).toEqual([Math.min(...y), Math.max(...y)])
        expect([extremes.low, extremes.high]).toEqual([Math.min(...y), Math.max(...y)])
      }),
      sameCases
    )
  })

  it('keeps every point while there is room, and leaves out what is not finite', () => {
    const extremes = new Extremes(4)
    ;[3, Number.NaN, -1, Number.POSITIVE_INFINITY].forEach((value, index) => extremes.add(index, value))
    expect(extremes.columns()).toEqual({ x: [0, 2], y: [3, -1] })
    expect(extremes.lowPositive).toBe(3)
  })
})

describe('envelope', () => {
  const columns = (y: readonly number[]) => ({ x: y.map((_, index) => index), y })

  it('keeps order, the ends, the extremes and the limit', () => {
    fc.assert(
      fc.property(many, fc.integer({ min: 1, max: 50 }), (y, stretches) => {
        const kept = envelope(columns(y), 0, y.length - 1, stretches)
        expect(kept.length).toBeLessThanOrEqual(Math.max(2 * stretches + 4, 2 * stretches))
        expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b))
        expect([kept[0], kept.at(-1)]).toEqual([0, y.length - 1])
        const values = kept.map((index) => y[index] as number)
        expect([Math.min(...values), Math.max(...values)]).toEqual([Math.min(...y), Math.max(...y)])
      }),
      sameCases
    )
  })

  it('keeps one neighbour on either side of the part in view', () => {
    expect(envelope(columns([0, 1, 2, 3, 4, 5, 6]), 2.5, 4.5, 10)).toEqual([2, 3, 4, 5])
    expect(envelope(columns([]), 0, 1, 10)).toEqual([])
  })
})

describe('thinSteps', () => {
  it('keeps order, the limit and the extremes', () => {
    fc.assert(
      fc.property(many, fc.integer({ min: 1, max: 50 }), (loss, half) => {
        const thinned = thinSteps({ epoch: loss.map((_, index) => index + 1), loss }, 2 * half)
        expect(thinned.loss.length).toBeLessThanOrEqual(2 * half)
        expect(thinned.epoch).toEqual([...new Set(thinned.epoch)].sort((a, b) => a - b))
        expect([Math.min(...thinned.loss), Math.max(...thinned.loss)]).toEqual([Math.min(...loss), Math.max(...loss)])
      }),
      sameCases
    )
  })
})

describe('nearestIndex', () => {
  it('finds the nearest, the first of two equally near', () => {
    const x = [1, 2, 4]
    expect([0, 1.4, 3, 3.1, 9].map((value) => nearestIndex(x, value))).toEqual([0, 0, 1, 2, 2])
    expect(nearestIndex([], 1)).toBe(-1)
  })
})

describe('axes', () => {
  it('steps by 1, 2 or 5', () => {
    expect([niceStep(1, 5), niceStep(0.9, 5), niceStep(7, 5), niceStep(2000, 5), niceStep(0, 5)]).toEqual([
      0.2, 0.2, 2, 500, 1
    ])
  })

  it('surrounds any range with labelled values', () => {
    const value = fc.double({ noNaN: true, min: -1e9, max: 1e9 })
    fc.assert(
      fc.property(value, value, (a, b) => {
        const range = { min: Math.min(a, b), max: Math.max(a, b) }
        const axis = linearAxis(range)
        const slack = 1e-6 * Math.max(1, Math.abs(range.min), Math.abs(range.max))
        expect(axis.min).toBeLessThanOrEqual(range.min + slack)
        expect(axis.max).toBeGreaterThanOrEqual(range.max - slack)
        expect(axis.ticks.length).toBeGreaterThanOrEqual(2)
        expect(axis.ticks.length).toBeLessThanOrEqual(12)
      }),
      sameCases
    )
  })

  it('begins at 0 when that is near, and does not leave the bounds of a share', () => {
    expect(linearAxis({ min: 0.1, max: 1.1 }).min).toBe(0)
    const share = linearAxis({ min: 0.93, max: 0.99 }, { min: 0, max: 1 })
    expect(share.min).toBeCloseTo(0.92, 9)
    expect(share.max).toBe(1)
  })

  it('labels decades on a logarithmic axis', () => {
    expect(logAxis({ min: 0.02, max: 1 }).ticks).toEqual([0.02, 0.05, 0.1, 0.2, 0.5, 1])
    expect(logAxis({ min: 1e-6, max: 1 }).ticks).toEqual([1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1])
    expect(logAxis({ min: 3.2, max: 3.3 }).ticks).toHaveLength(1)
  })

  it('stands a little ahead of a run that goes on and fits one that has ended', () => {
    expect(epochAxis(0, 60, false)).toMatchObject({ max: 1, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] })
    expect(epochAxis(1.5, 60, false).max).toBe(5)
    expect(epochAxis(37, 60, false).max).toBe(40)
    expect(epochAxis(60, 60, true).max).toBe(60)
    expect(epochAxis(37, 60, true).max).toBe(37)
    expect(epochAxis(1.5, 3, false).max).toBe(3)
  })

  it('shows all of the curves and the bulk of the steps', () => {
    const steps = [...Array.from({ length: 99 }, () => 1), 1000]
    expect(rangeOf([0.5, 2], steps, false)).toEqual({ min: 0.5, max: 2 })
    expect(rangeOf([3, -1, Number.NaN], [], true)).toEqual({ min: 3, max: 3 })
    expect(rangeOf([], [], false)).toBeNull()
  })

  it('writes short labels', () => {
    expect([0, 0.30000000000000004, -2, 1e-7, 250000].map(formatTick)).toEqual(['0', '0.3', '−2', '1e−7', '2.5e5'])
  })
})
