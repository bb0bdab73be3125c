import { describe, expect, it } from 'vitest'
import { metricsFor } from '../metrics'
import { tensor } from '../tensor/tensor'
import { MetricGatherer } from './metric-gatherer'

describe('MetricGatherer', () => {
  it('gives each of several values its own unit, and their plain mean over all', () => {
    const scale = { mean: [100, -2], scale: [10, 0.5] }
    const gathered = new MetricGatherer('regression', tensor([0, 2], []), scale)
    gathered.add(tensor([2, 2], [1, 0, 0, 0]), tensor([2, 2], [0, 0, 0, 4]))
    expect(gathered.byOutput().map(({ mae }) => mae)).toEqual([5, 1])
    expect(gathered.values()['mae']).toBe(3)
  })

  it('leaves out of the mean what is not defined for an output', () => {
    // The second label is on in every row: none of its pairs can be ranked.
    const gathered = new MetricGatherer('multi-label', tensor([0, 2], []), undefined, metricsFor('multi-label'))
    gathered.add(tensor([3, 2], [0.9, 0.6, 0.2, 0.9, 0.4, 0.7]), tensor([3, 2], [1, 1, 0, 1, 1, 1]))
    expect(gathered.byOutput().map((metrics) => metrics['roc-auc'])).toEqual([1, NaN])
    expect(gathered.values()['roc-auc']).toBe(1)
    expect(gathered.values()['accuracy']).toBeCloseTo(5 / 6, 14)
    expect(gathered.values()['exact-match']).toBeCloseTo(2 / 3, 14)
  })

  it('is NaN where no output defines it, and while no row was added', () => {
    const gathered = new MetricGatherer('multi-label', tensor([0, 2], []), undefined, metricsFor('multi-label'))
    for (const value of Object.values(gathered.values())) expect(value).toBeNaN()
    gathered.add(tensor([1, 2], [0.9, 0.1]), tensor([1, 2], [1, 0]))
    expect(gathered.values()['roc-auc']).toBeNaN()
    expect(gathered.values()['exact-match']).toBe(1)
  })

  it('has one entry by output for classes, however many there are', () => {
    const gathered = new MetricGatherer('multi-class', tensor([0, 1], []), undefined)
    gathered.add(tensor([2, 3], [0.8, 0.1, 0.1, 0.2, 0.5, 0.3]), tensor([2, 1], [0, 2]))
    expect(gathered.byOutput()).toEqual([{ accuracy: 0.5 }])
    expect(gathered.values()).toEqual({ accuracy: 0.5 })
  })
})
