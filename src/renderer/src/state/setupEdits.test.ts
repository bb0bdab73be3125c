import { describe, expect, it } from 'vitest'
import {
  balancedWeights,
  completePart,
  partFields,
  settingOf,
  settingParts,
  withLoss,
  withOptimizer,
  withSchedule,
  withSetting,
  withTask
} from './setupEdits'
import { setupWith } from './testing'

describe('settings of a setup', () => {
  it.each(settingParts)('reads and changes every setting of %s alone', (part) => {
    const setup = withSchedule(setupWith({ loss: 'huber' }), 'cosine')
    for (const field of partFields(setup, part)) {
      const changed = withSetting(setup, part, field, 0.25)
      expect(settingOf(changed, part, field)).toBe(0.25)
      const others = settingParts.filter((other) => other !== part)
      expect(others.map((other) => completePart(changed, other))).toEqual(
        others.map((other) => completePart(setup, other))
      )
    }
    expect(partFields(setup, part).length).toBeGreaterThan(0)
  })

  it('takes defaults for what is left out, and never what an object has by itself', () => {
    const setup = setupWith()
    const field = { key: 'constructor', label: '', help: '', kind: 'number', default: 3, min: 0, max: 9 } as const
    expect(settingOf(setup, 'loss', field)).toBe(3)
    expect(completePart(setup, 'earlyStopping')).toMatchObject({ patience: 0, restoreBest: true })
  })

  it('has no key twice, so that a problem is shown beside one setting alone', () => {
    const setup = withSchedule(setupWith({ loss: 'huber' }), 'plateau')
    const keys = settingParts.flatMap((part) => partFields(setup, part).map(({ key }) => key))
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('begins another loss, optimizer or schedule with its own settings', () => {
    const setup = setupWith({ loss: 'huber', lossConfig: { delta: 2 } })
    expect(withLoss(setup, 'absolute')).toMatchObject({ loss: 'absolute', lossConfig: {} })
    expect(withOptimizer(setup, 'adam').optimizer.config).toMatchObject({ learningRate: 0.01 })
    expect(withOptimizer(setup, 'none')).toBe(setup)
    expect(withSchedule(setup, 'cosine').schedule).toMatchObject({ type: 'cosine' })
  })

  it('drops class weights that another task cannot have', () => {
    const own = setupWith({ task: 'multi-class', loss: 'cross-entropy', classWeights: [1, 2, 3] })
    expect(withTask(own, 'binary', 'log').classWeights).toBe('none')
    const balanced = { ...own, classWeights: 'balanced' } as const
    expect(withTask(balanced, 'binary', 'log').classWeights).toBe('balanced')
    expect(withTask(balanced, 'regression', 'squared').classWeights).toBe('none')
  })

  it('balances classes so that each has the same say', () => {
    const weights = balancedWeights([10, 30, 0])
    expect(weights).toEqual([40 / 30, 40 / 90, 1])
  })
})
