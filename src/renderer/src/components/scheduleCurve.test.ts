import { describe, expect, it } from 'vitest'
import { defaultsOf, scheduleSpecs } from '../../../engine/catalog'
import { rateCurve } from './scheduleCurve'

const horizon = { steps: 1000, stepsPerEpoch: 10, epochs: 100 }
const curveOf = (type: string, change: Record<string, number> = {}, over = horizon) => {
  const spec = scheduleSpecs.find((one) => one.type === type)
  return rateCurve(type, { ...defaultsOf(spec?.fields ?? []), ...change }, 0.1, over)
}

describe('rateCurve', () => {
  it.each(scheduleSpecs.map(({ type }) => [type]))(
    'draws %s from the first step to the last, with its defaults',
    (type) => {
      const curve = curveOf(type)
      expect(curve?.points[0]?.at).toBe(0)
      expect(curve?.points.at(-1)?.at).toBe(1)
      expect(curve?.highest).toBeLessThanOrEqual(0.1 + 1e-12)
      expect(curve?.points.every((point) => Number.isFinite(point.rate) && point.rate >= 0)).toBe(true)
    }
  )

  it('says which rate depends on the loss', () => {
    expect(scheduleSpecs.filter(({ type }) => curveOf(type)?.dependsOnLoss).map(({ type }) => type)).toEqual([
      'plateau'
    ])
  })

  it('falls along the cosine, and rises first with a warm-up', () => {
    expect(curveOf('cosine')?.last).toBeLessThan(0.001)
    const warmed = curveOf('cosine', { warmUpEpochs: 10 })
    expect(warmed?.first).toBeLessThan(0.01)
    expect(warmed?.highest).toBeCloseTo(0.1, 3)
  })

  it('draws nothing while a setting is wrong, and one point of a run of one step', () => {
    expect(curveOf('cosine', { warmUpEpochs: Number.NaN })).toBeNull()
    expect(curveOf('cosine', {}, { ...horizon, epochs: Number.NaN })).toBeNull()
    expect(rateCurve('constant', {}, Number.NaN, horizon)).toBeNull()
    expect(curveOf('cosine', {}, { steps: 1, stepsPerEpoch: 1, epochs: 1 })?.points).toHaveLength(1)
  })
})
