import { describe, expect, it } from 'vitest'
import { errorDecades } from '../../../../shared/gradient-checks'
import { binsOf, shareOf, summarySentence } from './checkWords'

describe('binsOf', () => {
  it('parts right from wrong at 1e-4', () => {
    const bins = binsOf(new Array<number>(errorDecades.length + 1).fill(1))
    expect(bins[0]).toEqual({ label: 'below 1e−12', tick: '1e−12', count: 1, isWrong: false })
    expect(bins.at(-1)).toEqual({ label: 'from 1 on', tick: '', count: 1, isWrong: true })
    expect(bins.filter(({ isWrong }) => !isWrong).at(-1)?.label).toBe('1e−5 to 1e−4')
    expect(bins.find(({ isWrong }) => isWrong)?.label).toBe('1e−4 to 1e−3')
    expect(bins.at(-2)?.label).toBe('1e−1 to 1')
  })
})

describe('shareOf', () => {
  it.each([
    [0, 0, false],
    [1e-12, 0, false],
    [1e-6, 50, false],
    [1e-4, 200 / 3, false],
    [1, 100, true],
    [NaN, 100, true]
  ])('%d fills %d %%', (error, percent, isWrong) => {
    const share = shareOf(error)
    expect(share.percent).toBeCloseTo(percent, 9)
    expect(share.isWrong).toBe(isWrong)
  })
})

describe('summarySentence', () => {
  it('tells how many, how many failed and the largest error', () => {
    expect(summarySentence(null)).toContain('not been checked')
    expect(summarySentence({ checks: 1, failed: 0, largest: null })).toBe('1 gradient check, none failed.')
    expect(summarySentence({ checks: 12, failed: 2, largest: { error: 0.25, epoch: 3 } })).toBe(
      '12 gradient checks, 2 failed. Largest relative error: 2.5e−1, at epoch 3.'
    )
  })
})
