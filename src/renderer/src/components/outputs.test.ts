import { describe, expect, it } from 'vitest'
import type { TargetEvaluationView } from '../../../shared/views'
import { outputMetricViews } from './evaluationWords'
import { horizonErrors, labelScores, valuesTable } from './outputs'

const value = (name: string, mae: number): TargetEvaluationView => ({
  name,
  metrics: [
    { name: 'mae', label: 'MAE', value: mae },
    { name: 'r2', label: 'R²', value: 0.5 }
  ],
  confusion: null,
  scatter: { actual: [], predicted: [], rows: [] }
})
const forecast = ['a +1', 'a +2', 'b +1', 'b +2'].map((name, index) => value(name, index + 1))
const window = { steps: 3, horizon: 2, time: null, series: null }

describe('several outputs', () => {
  it('stand in one table, each with its metrics', () => {
    const { columns, rows } = valuesTable([value('length', 0.25), { ...value('mass', 12), metrics: [] }])
    expect(columns.map(({ label }) => label)).toEqual(['Target', 'MAE', 'R²'])
    expect(rows).toEqual([
      ['length', '0.2500', '0.5000'],
      ['mass', null, null]
    ])
  })

  it('are found as labels by the second of their classes', () => {
    const counts = [
      [5, 1],
      [2, 2]
    ]
    const label: TargetEvaluationView = {
      ...{ name: 'round', metrics: [], scatter: null },
      confusion: { classes: ['no', 'yes'], counts, mistakes: [] }
    }
    expect(labelScores([label])).toEqual([{ precision: 2 / 3, recall: 0.5, f1: 4 / 7, support: 4 }])
  })

  it('are told of in their own name', () => {
    const [mae] = outputMetricViews(value('mass', 12), 10)
    expect(mae?.sentence).toBe('on average off by 12 in mass')
    expect(mae).toMatchObject({ label: 'MAE', main: true })
    const [f1, accuracy] = ['f1', 'accuracy'].map((name) => ({ name, label: name, value: 0.5 }))
    const metrics = [f1, accuracy].filter((metric) => metric !== undefined)
    const confusion = {
      classes: ['no', 'yes'],
      counts: [
        [6, 0],
        [4, 0]
      ],
      mistakes: []
    }
    const label = outputMetricViews({ name: 'round', metrics, confusion, scatter: null }, 10)
    expect(label.map(({ name }) => name)).toEqual(['accuracy'])
    expect(label[0]?.sentence).toContain('always answering “no” would get 60 %')
  })
})

describe('horizonErrors', () => {
  const setup = { target: 'a', moreTargets: ['b'], window }

  it('are those of the column that an output belongs to', () => {
    expect(horizonErrors(forecast, setup, 1)).toEqual({ column: 'a', errors: [1, 2], at: 1 })
    expect(horizonErrors(forecast, setup, 2)).toEqual({ column: 'b', errors: [3, 4], at: 0 })
  })

  it('are none without several steps', () => {
    expect(horizonErrors(forecast, { ...setup, window: null }, 0)).toBeNull()
    expect(horizonErrors(forecast, { ...setup, window: { ...window, horizon: 1 } }, 0)).toBeNull()
    expect(horizonErrors(forecast.slice(1), setup, 0)).toBeNull()
  })
})
