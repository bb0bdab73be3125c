import { describe, expect, it } from 'vitest'
import { valueOfTex } from '../../../../../tests/tex'
import type { ExplainedLine } from '../../../../shared/explain-views'
import type { EvaluationView } from '../../../../shared/views'
import { mistakePairs } from '../../components/mistakes'
import { setupWith } from '../../state/testing'
import { lossLaws, outputMetrics, workedMetric } from './worked'

const base: EvaluationView = {
  runId: 'run',
  epoch: 3,
  on: 'validation',
  rows: 150,
  loss: 0.2,
  metrics: [
    { name: 'accuracy', label: 'Accuracy', value: 143 / 150, parts: [143, 150] },
    { name: 'precision', label: 'Precision', value: 0.75, parts: [2, 1, 2, 2, 3, 1] }
  ],
  confusion: {
    classes: ['no', 'yes'],
    counts: [
      [2, 1],
      [0, 1]
    ],
    mistakes: []
  },
  scatter: null,
  targets: []
}

function read({ formula, terms }: ExplainedLine): number {
  return valueOfTex(formula, (name) => terms.find((term) => term.name === name)?.value ?? NaN)
}

describe('a metric worked out', () => {
  it('is written with the counts of the run', () => {
    const [line] = workedMetric(base, 'accuracy', null)
    expect(line?.terms.map(({ value }) => value)).toEqual([143, 150])
    expect(line === undefined ? NaN : read(line)).toBe(143 / 150)
    const lines = workedMetric(base, 'precision', null)
    expect(lines.map(({ words }) => words.split(':')[0])).toEqual(['no', 'yes', expect.stringContaining('the mean')])
    expect(lines.at(-1)?.value).toBe(0.75)
  })

  it('has no lines where its numbers are not known', () => {
    expect(workedMetric(base, 'mae', null)).toEqual([])
    expect(workedMetric(base, 'loss', null)).toEqual([])
    expect(workedMetric(base, 'accuracy', 'round')).toEqual([])
    const bare = { ...base, metrics: [{ name: 'accuracy', label: 'Accuracy', value: 0.5 }] }
    expect(workedMetric(bare, 'accuracy', null)).toEqual([])
  })

  it('of several outputs is the mean of those that have one', () => {
    const auc = (name: string, value: number, parts: readonly number[]) => ({
      ...{ name, confusion: null, scatter: null },
      metrics: [{ name: 'roc-auc', label: 'ROC AUC', value, parts }]
    })
    const several: EvaluationView = {
      ...base,
      confusion: null,
      metrics: [{ name: 'roc-auc', label: 'ROC AUC', value: 0.75 }],
      targets: [auc('round', 0.5, [2, 2, 2]), auc('red', NaN, [0, 0, 4]), auc('big', 1, [4, 2, 2])]
    }
    const [mean] = workedMetric(several, 'roc-auc', null)
    expect(mean?.value).toBe(0.75)
    expect(mean?.words).toBe('the mean over 2 outputs: round, big')
    expect(mean === undefined ? NaN : read(mean)).toBe(0.75)
    expect(workedMetric(several, 'roc-auc', 'round').at(-1)?.value).toBe(0.5)
    expect(outputMetrics(several, 'big').map(({ name, value }) => [name, value])).toEqual([['roc-auc', '1.000']])
    expect(outputMetrics(several, 'constructor')).toEqual([])
  })
})

describe('the law of the loss', () => {
  it('is that of the task, with weights of classes where there are some', () => {
    const setup = setupWith({ task: 'multi-class', loss: 'cross-entropy' })
    expect(lossLaws(setup, 3)).toEqual(['E = -\\sum_k t_k \\cdot \\ln p_k', 'L = \\frac{1}{n} \\sum_i E_i'])
    expect(lossLaws({ ...setup, classWeights: 'balanced' }, 3)[1]).toBe(
      'L = \\frac{\\sum_i w_{c_i} \\cdot E_i}{\\sum_i w_{c_i}}'
    )
    const binary = setupWith({ task: 'binary', loss: 'log', classWeights: 'balanced', weight: 'n' })
    expect(lossLaws(binary, 2)[0]).toContain('w_c')
    expect(lossLaws(binary, 2)[1]).toBe('L = \\frac{1}{n} \\sum_i u_i \\cdot E_i')
    expect(lossLaws(setupWith(), 1).join('')).not.toContain('@')
  })
})

describe('mistakes', () => {
  it('are counted by what was taken for what', () => {
    const of = (actual: number, predicted: number) => ({ row: 1, actual, predicted, share: 0.6 })
    expect(mistakePairs([of(0, 1), of(2, 1), of(2, 1)]).map(({ key, count }) => [key, count])).toEqual([
      ['2 1', 2],
      ['0 1', 1]
    ])
  })
})
