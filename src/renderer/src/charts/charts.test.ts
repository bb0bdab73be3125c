import { describe, expect, it } from 'vitest'
import { tasks } from '../../../engine/catalog'
import { charts } from '.'

describe('the chart registry', () => {
  it.each(tasks)('has a loss chart first and the metric of %s second', (task) => {
    const specs = charts.map((chart) => chart({ task }))
    expect(specs.map((spec) => spec?.name)).toEqual([
      'Loss chart',
      task === 'regression' ? 'MAE chart' : 'Accuracy chart'
    ])
  })

  it('reads training and validation values out of an epoch, and none where there is none', () => {
    const point = { epoch: 1, trainLoss: 0.5, validationLoss: 0.6, trainMetrics: { accuracy: 0.9 }, metrics: {} }
    const values = charts.map((chart) => chart({ task: 'binary' })?.lines.map((line) => line.value(point)))
    expect(values).toEqual([
      [0.5, 0.6],
      [0.9, undefined]
    ])
  })

  it('draws validation dashed and in its own colour', () => {
    for (const chart of charts) {
      const lines = chart({ task: 'regression' })?.lines ?? []
      expect(lines.filter((line) => line.dashed === true).map((line) => line.label)).toEqual(['validation'])
      expect(new Set(lines.map((line) => line.colour)).size).toBe(lines.length)
    }
  })
})
