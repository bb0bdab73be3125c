import { describe, expect, it } from 'vitest'
import type { CrossValidationView, FoldResult } from '../../../shared/cross-validation'
import { setupWith } from '../state/testing'
import { doneShare, foldsTable, methodText, progressText, resultSentence } from './crossValidationWords'

const setup = setupWith({ task: 'binary', loss: 'log' })
const fold = (number: number, accuracy: number): FoldResult => ({
  ...{ fold: number, trainRows: 80, validationRows: 20, epochs: 10, validationLoss: 0.25 },
  metrics: { f1: null, accuracy, 'log-loss': 0.25 }
})
const view: CrossValidationView = {
  state: 'running',
  folds: 4,
  fold: 2,
  epoch: 5,
  epochs: 10,
  elapsedMs: 6000,
  results: [fold(1, 0.9)],
  summary: null,
  error: null
}
const summary = {
  testRows: 0,
  validationLoss: { mean: 0.25, std: 0.01 },
  metrics: { accuracy: { mean: 0.947, std: 0.021 }, f1: { mean: null, std: null } },
  notices: []
}

describe('methodText', () => {
  it('says what is done and what it costs', () => {
    const text = methodText(setup, 5, null)
    expect(text).toContain('Trains 5 networks: each learns from 4 of 5 parts')
    expect(text).toContain('as long as 5 trainings; the run in view stays')
    expect(methodText(setup, 3, 2000)).toContain('3 trainings, about 6.0 s;')
    expect(methodText(setup, 3, 20)).toContain('3 trainings;')
  })

  it('keeps the order of rows that have one', () => {
    expect(methodText({ ...setup, split: { by: 'ordered', column: null } }, 5, null)).toContain('comes before')
    const window = { steps: 3, horizon: 1, time: null, series: null }
    expect(methodText({ ...setup, window }, 5, null)).toContain('comes before')
    const grouped = { ...setup, window, split: { by: 'grouped', column: 'shop' } } as const
    expect(methodText(grouped, 5, null)).toContain('has not seen; groups stay whole.')
  })
})

describe('progress', () => {
  it('goes from nothing to all, and never back where a fold ends', () => {
    const at = (change: Partial<CrossValidationView>) => doneShare({ ...view, ...change })
    expect(at({ fold: 1, epoch: 0, results: [] })).toBe(0)
    expect(at({ fold: 1, epoch: 10, results: [] })).toBe(0.25)
    expect(at({ fold: 1, epoch: 10 })).toBe(0.25)
    expect(at({ epoch: 0 })).toBe(0.25)
    expect(at({})).toBe(0.375)
    expect(at({ epochs: Number.NaN })).toBe(0.25)
    expect(at({ fold: 4, epoch: 10, results: [1, 2, 3, 4].map((each) => fold(each, 1)) })).toBe(1)
  })

  it('says where it is, how long it takes, and why it waits', () => {
    expect(progressText(view)).toBe('Fold 2 of 4, epoch 5 of 10, about 10 s left')
    expect(progressText({ ...view, fold: 1, epoch: 0, results: [] })).toBe('Fold 1 of 4, epoch 0 of 10')
    expect(progressText({ ...view, state: 'waiting' })).toContain('It waits while the run in view trains')
  })
})

describe('what came of it', () => {
  it('is a line for each fold, and the spread below', () => {
    const done = { ...view, results: [fold(1, 0.9), fold(2, 1)], summary }
    expect(foldsTable(done, setup)).toEqual({
      heads: ['Fold', 'Trained on', 'Judged on', 'Accuracy', 'F1', 'Loss'],
      rows: [
        ['1', '80 rows', '20 rows', '90 %', '–', '0.2500'],
        ['2', '80 rows', '20 rows', '100 %', '–', '0.2500']
      ],
      last: ['94.7 % ± 2.1 %', '–', '0.2500 ± 0.01000']
    })
    expect(foldsTable(view, setup).last).toBeNull()
  })

  it('says what one split is worth, unless a fold has no number', () => {
    expect(resultSentence(summary, setup)).toBe('Accuracy 94.7 % ± 2.1 %: one split alone may be off by that much.')
    expect(resultSentence({ ...summary, metrics: { accuracy: { mean: null, std: null } } }, setup)).toBeNull()
    expect(resultSentence({ ...summary, metrics: {} }, setup)).toBeNull()
  })
})
