import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StepColumns } from '../project'
import { fromSeries, StepHistory, thinToExtremes, toSeries, type StepPoint } from './stepHistory'

const pointOf = (step: number, loss: number): StepPoint => {
  return { step, position: step / 10, elapsedMs: 2 * step, loss, learningRate: 0.1 }
}
const columnsOf = (points: readonly StepPoint[]): StepColumns => ({
  first: points[0]?.step ?? 0,
  positions: Float64Array.from(points, ({ position }) => position),
  elapsedMs: Float64Array.from(points, ({ elapsedMs }) => elapsedMs),
  losses: Float64Array.from(points, ({ loss }) => loss),
  rates: Float64Array.from(points, ({ learningRate }) => learningRate)
})
const pointsOf = (losses: readonly number[]): StepPoint[] => losses.map((loss, index) => pointOf(index + 1, loss))

describe('thinToExtremes', () => {
  it('keeps every point while there are few', () => {
    expect(thinToExtremes(pointsOf([3, 1, 2]), 4)).toEqual(pointsOf([3, 1, 2]))
  })

  it('keeps order, the limit, and the lowest and highest loss of all', () => {
    const losses = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 500 })
    fc.assert(
      fc.property(losses, fc.integer({ min: 1, max: 40 }), (values, half) => {
        const kept = thinToExtremes(pointsOf(values), 2 * half)
        expect(kept.length).toBeLessThanOrEqual(Math.max(2 * half, Math.min(values.length, 2 * half)))
        for (let index = 1; index < kept.length; index += 1) {
          expect(kept[index - 1]?.step).toBeLessThan(kept[index]?.step ?? NaN)
        }
        expect(Math.min(...kept.map((point) => point.loss))).toBe(Math.min(...values))
        expect(Math.max(...kept.map((point) => point.loss))).toBe(Math.max(...values))
      })
    )
  })
})

describe('StepHistory', () => {
  it('keeps every step until the limit is reached', () => {
    const history = new StepHistory(64)
    for (const point of pointsOf([5, 4, 6, 3])) history.add(point)
    expect(history.series()).toEqual({
      step: [1, 2, 3, 4],
      position: [0.1, 0.2, 0.3, 0.4],
      elapsedMs: [2, 4, 6, 8],
      loss: [5, 4, 6, 3],
      learningRate: [0.1, 0.1, 0.1, 0.1]
    })
    expect(toSeries(fromSeries(history.series()))).toEqual(history.series())
  })

  it('comes to the same by many steps at once', () => {
    const losses = fc.array(fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 40 }), { maxLength: 20 })
    fc.assert(
      fc.property(losses, (pieces) => {
        const [one, many] = [new StepHistory(16), new StepHistory(16)]
        const points = pointsOf(pieces.flat())
        for (const point of points) one.add(point)
        let done = 0
        for (const piece of pieces) {
          many.addSteps(columnsOf(points.slice(done, done + piece.length)))
          done += piece.length
        }
        expect(many.series()).toEqual(one.series())
      })
    )
  })

  it('keeps a single spike through a million steps in bounded memory', () => {
    const history = new StepHistory(64)
    for (let step = 1; step <= 1_000_000; step += 1) {
      history.add(pointOf(step, step === 123_456 ? 99 : 1 / step))
    }
    const series = history.series()
    expect(series.loss.length).toBeLessThanOrEqual(64)
    const spike = series.loss.indexOf(99)
    expect(series.position[spike]).toBe(12_345.6)
    expect(series.position[0]).toBe(0.1)
    expect(series.position.at(-1)).toBeGreaterThan(96_000)
  })
})
