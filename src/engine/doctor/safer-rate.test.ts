import { describe, expect, it } from 'vitest'
import { saferRate } from './safer-rate'

const sgd = (learningRate: number) => ({ type: 'sgd', config: { learningRate } })

describe('saferRate', () => {
  it.each([
    [sgd(0.05), 0.005],
    [sgd(0.01), 0.001],
    // The rate that the optimizer has unless told otherwise, less its momentum.
    [sgd(0.5), 0.01],
    [sgd(1000), 0.01],
    [{ type: 'sgd', config: { learningRate: 1000, momentum: 0 } }, 0.1],
    [{ type: 'adam', config: { learningRate: 1 } }, 0.01],
    [{ type: 'adam', config: {} }, 0.001],
    // An optimizer that nobody knows has none.
    [{ type: 'other', config: { learningRate: 3 } }, 0.3]
  ])('%j without steps: %d', (optimizer, rate) => {
    expect(saferRate(optimizer)).toBe(rate)
  })

  it('is a tenth of the rate at which the loss ran away, on a schedule that rises', () => {
    const learningRate = Array.from({ length: 20 }, (_, i) => 0.01 * (i + 1))
    const loss = learningRate.map((_, i) => (i < 9 ? 1 : 5))
    expect(saferRate(sgd(0.2), { loss, learningRate })).toBe(0.01)
    // It never ran away: the largest of all.
    expect(saferRate(sgd(0.2), { loss: loss.map(() => 1), learningRate })).toBe(0.02)
  })

  it('is lower the faster the loss grew, down to a tenth of the usual rate', () => {
    const learningRate = [1, 1, 1]
    expect(saferRate(sgd(1), { loss: [1, 2, 20], learningRate })).toBe(0.05)
    expect(saferRate(sgd(1), { loss: [1, 2, 2e9], learningRate })).toBe(0.01)
    // Never above what a tenth of it is.
    expect(saferRate(sgd(0.01), { loss: [1, 2, 2e9], learningRate: [0.01, 0.01, 0.01] })).toBe(0.001)
  })

  it('has none where the settings name no rate', () => {
    expect(saferRate({ type: 'other', config: {} })).toBeNull()
    expect(saferRate(sgd(NaN))).toBeNull()
  })
})
