import { describe, expect, it } from 'vitest'
import type { EpochPoint } from '../../../shared/views'
import { runWith, setupWith } from '../state/testing'
import { contextOf, isChecked } from './context'
import { gradientCheckChart } from './gradient-check'

const point: EpochPoint = {
  ...{ epoch: 1, trainLoss: 0.5, validationLoss: null, trainMetrics: {}, metrics: {} },
  ...{ learningRate: 0.1, best: true, step: 4, elapsedMs: 50, layers: null }
}
const check = { rows: 8, parameters: 9, checked: 5, kinks: 0, maxRelativeError: 3e-8, tooSmall: false, worst: null }
const checked = setupWith({ gradientSamples: 5 })

describe('the chart of gradient checks', () => {
  it('is there where gradients are checked, or were before that was changed', () => {
    expect(gradientCheckChart(contextOf(setupWith(), null, []))).toBeNull()
    expect(gradientCheckChart(contextOf(checked, null, []))?.name).toBe('Gradient check chart')
    const run = runWith()
    expect(isChecked(run)).toBe(false)
    expect(isChecked({ ...run, setup: checked })).toBe(true)
    const settings = [{ label: 'Checked gradients', before: '5', after: '0' }]
    const changes = [{ step: 4, position: 1, elapsedMs: 50, settings }]
    expect(isChecked({ ...run, facts: { ...run.facts, changes } })).toBe(true)
  })

  it('has the largest error of each epoch that was checked, and none of 0, which no axis of powers has', () => {
    const [line] = gradientCheckChart(contextOf(checked, null, []))?.lines ?? []
    const valueOf = (at: EpochPoint) => line?.value({ point: at, before: undefined, rows: 100 })
    expect(valueOf({ ...point, gradientCheck: check })).toBe(3e-8)
    expect(valueOf({ ...point, gradientCheck: { ...check, maxRelativeError: 0 } })).toBeUndefined()
    expect(valueOf(point)).toBeUndefined()
  })
})
