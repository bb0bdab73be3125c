import { describe, expect, it } from 'vitest'
import { tasks } from '../../../engine/catalog'
import type { EpochPoint } from '../../../shared/views'
import { charts, type ChartContext, type ChartSpec } from '.'

const specsOf = (context: Partial<ChartContext> = {}): ChartSpec[] =>
  charts
    .map((chart) => chart({ task: 'binary', validated: true, scheduled: false, ...context }))
    .filter((spec) => spec !== null)
const point: EpochPoint = {
  epoch: 1,
  trainLoss: 0.5,
  validationLoss: 0.6,
  trainMetrics: { accuracy: 0.9 },
  metrics: {},
  learningRate: 0.01,
  best: true
}
const valuesOf = (specs: readonly ChartSpec[], at: EpochPoint) =>
  specs.map((spec) => spec.lines.map((line) => line.value(at)))

describe('the chart registry', () => {
  it.each(tasks)('has a loss chart first and the metric of %s second', (task) => {
    expect(specsOf({ task }).map((spec) => spec.name)).toEqual([
      'Loss chart',
      task === 'regression' ? 'MAE chart' : 'Accuracy chart'
    ])
  })

  it('reads training and validation values out of an epoch, and none where there is none', () => {
    expect(valuesOf(specsOf(), point)).toEqual([
      [0.5, 0.6],
      [0.9, undefined]
    ])
    expect(valuesOf(specsOf(), { ...point, validationLoss: null })[0]).toEqual([0.5, undefined])
  })

  it('has no validation lines where no rows are kept for validation', () => {
    expect(specsOf({ validated: false }).flatMap((spec) => spec.lines.map(({ label }) => label))).toEqual([
      'training',
      'training'
    ])
  })

  it('draws the learning rate last, unsmoothed, where a schedule changes it', () => {
    const last = specsOf({ scheduled: true }).at(-1)
    expect(last).toMatchObject({ name: 'Learning rate chart', exact: true })
    expect(last?.lines.map((line) => line.value(point))).toEqual([0.01])
  })

  it('draws validation dashed and in its own colour', () => {
    for (const { lines } of specsOf({ task: 'regression' })) {
      expect(lines.filter((line) => line.dashed === true).map((line) => line.label)).toEqual(['validation'])
      expect(new Set(lines.map((line) => line.colour)).size).toBe(lines.length)
    }
  })
})
