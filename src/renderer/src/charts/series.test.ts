import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StepSeries } from '../../../shared/run-views'
import { formatTick, linearAxis, logAxis, niceStep, spanOf } from './axis'
import { Curve } from './curve'
import { Pyramid } from './pyramid'
import { Smoother } from './smoothing'
import { emptySteps, envelope, nearestIndex, spliced, thinSteps } from './thinning'

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

const point = (epoch: number, elapsedMs: number | null = epoch * 10) => ({
  epoch,
  trainLoss: 0,
  validationLoss: null,
  trainMetrics: {},
  metrics: {},
  learningRate: 0.1,
  best: false,
  step: epoch * 4,
  elapsedMs,
  layers: null
})

describe('Curve', () => {
  it('smooths a growing series as it smooths the whole', () => {
    const growing = new Curve(0.6)
    const anew = new Curve(0)
    ;[5, 3, 4, 1].forEach((value, index) => {
      growing.add(point(index + 1), value)
      anew.add(point(index + 1), value)
    })
    expect(anew.smooth).toEqual(anew.raw)
    anew.smoothBy(0.6)
    expect(anew.smooth).toEqual(growing.smooth)
    expect(anew.smoothShape.high).toBe(5)
  })

  it('knows its places in epochs, steps and time, and leaves out what has no value', () => {
    const curve = new Curve(0)
    curve.add(point(1), 2)
    curve.add(point(2), undefined)
    curve.add(point(3), Number.NaN)
    curve.add(point(4), 1)
    expect(curve.x).toEqual({ epoch: [1, 4], step: [4, 16], time: [10, 40] })
    expect(curve.raw).toEqual([2, 1])
  })
})

describe('Pyramid', () => {
  const pyramidOf = (y: readonly number[]): Pyramid => {
    const pyramid = new Pyramid(y)
    y.forEach(() => pyramid.add())
    return pyramid
  }

  it('keeps order, the ends, the extremes and the limit of any part', () => {
    const part = fc.tuple(many, fc.nat(400), fc.nat(400), fc.integer({ min: 1, max: 40 }))
    fc.assert(
      fc.property(part, ([y, a, b, stretches]) => {
        const from = Math.min(a, y.length - 1)
        const to = Math.min(y.length, Math.max(from + 1, b))
        const kept = pyramidOf(y).indices(from, to, stretches)
        const values = kept.map((index) => y[index] as number)
        const all = y.slice(from, to)
        expect(kept.length).toBeLessThanOrEqual(2 * stretches + 4)
        expect(kept).toEqual([...new Set(kept)].sort((left, right) => left - right))
        expect([kept[0], kept.at(-1)]).toEqual([from, to - 1])
        expect([Math.min(...values), Math.max(...values)]).toEqual([Math.min(...all), Math.max(...all)])
      }),
      sameCases
    )
  })

  it('keeps the extremes of the whole, however few points are wanted', () => {
    fc.assert(
      fc.property(many, fc.integer({ min: 1, max: 40 }), (y, stretches) => {
        const pyramid = pyramidOf(y)
        const values = pyramid.indices(0, y.length, stretches).map((index) => y[index] as number)
        expect([Math.min(...values), Math.max(...values)]).toEqual([Math.min(...y), Math.max(...y)])
        expect([pyramid.low, pyramid.high]).toEqual([Math.min(...y), Math.max(...y)])
      }),
      sameCases
    )
  })

  it('keeps a spike among a million points', () => {
    const y = Array.from({ length: 1_000_000 }, (_, index) => (index === 765_432 ? 9 : 1))
    const kept = pyramidOf(y).indices(0, y.length, 800)
    expect(kept).toContain(765_432)
    expect(kept.length).toBeLessThanOrEqual(1604)
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

const stepsOf = (loss: readonly number[], first = 1): StepSeries => ({
  step: loss.map((_, index) => first + index),
  position: loss.map((_, index) => (first + index) / 10),
  elapsedMs: loss.map((_, index) => first + index),
  loss,
  learningRate: loss.map(() => 0.1)
})

describe('thinSteps', () => {
  it('keeps order, the limit and the extremes', () => {
    fc.assert(
      fc.property(many, fc.integer({ min: 1, max: 50 }), (loss, half) => {
        const thinned = thinSteps(stepsOf(loss), 2 * half)
        expect(thinned.loss.length).toBeLessThanOrEqual(2 * half)
        expect(thinned.step).toEqual([...new Set(thinned.step)].sort((a, b) => a - b))
        expect(thinned.position).toEqual(thinned.step.map((step) => step / 10))
        expect([Math.min(...thinned.loss), Math.max(...thinned.loss)]).toEqual([Math.min(...loss), Math.max(...loss)])
      }),
      sameCases
    )
  })
})

describe('spliced', () => {
  it('puts the finer steps in place of those that they cover', () => {
    const coarse = { ...stepsOf([1, 1, 1, 1]), step: [1, 5, 9, 13] }
    expect(spliced(coarse, stepsOf([2, 2, 2], 4)).step).toEqual([1, 4, 5, 6, 9, 13])
    expect(spliced(coarse, stepsOf([2, 2, 2], 4)).loss).toEqual([1, 2, 2, 2, 1, 1])
    expect(spliced(coarse, emptySteps())).toBe(coarse)
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
    expect(logAxis({ min: 3.2, max: 3.3 }).ticks).toEqual([3, 3.5])
  })

  it('leaves out what stands far away from all the rest, unless that is wanted', () => {
    const values = [...Array.from({ length: 99 }, (_, index) => 1 + index / 100), 1000]
    const { max } = spanOf(values, false, false) ?? { max: 0 }
    expect(max).toBeCloseTo(1.98, 1)
    expect(spanOf(values, false, true)).toEqual({ min: 1, max: 1000 })
    // The first epochs of a falling loss are no outliers.
    const falling = Array.from({ length: 200 }, (_, index) => 1 / Math.sqrt(1 + index))
    expect(spanOf(falling, false, false)).toEqual({ min: falling.at(-1), max: 1 })
    expect(spanOf([3, -1, Number.NaN], true, false)).toEqual({ min: 3, max: 3 })
    expect(spanOf([], false, false)).toBeNull()
  })

  it('writes short labels', () => {
    expect([0, 0.30000000000000004, -2, 1e-7, 250000].map(formatTick)).toEqual(['0', '0.3', '−2', '1e−7', '2.5e5'])
  })
})
