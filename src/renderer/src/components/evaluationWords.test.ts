import { describe, expect, it } from 'vitest'
import type { EvaluationView } from '../../../shared/views'
import { setupWith } from '../state/testing'
import { fewRowsNote, looksText, metricViews } from './evaluationWords'

const evaluation: EvaluationView = {
  runId: 'run',
  epoch: 1,
  on: 'test',
  rows: 10,
  loss: 0.25,
  metrics: [
    { name: 'accuracy', label: 'Accuracy', value: 0.9 },
    { name: 'log-loss', label: 'Log loss', value: 0.25 }
  ],
  confusion: {
    classes: ['a', 'b'],
    counts: [
      [6, 0],
      [1, 3]
    ],
    mistakes: []
  },
  scatter: null,
  targets: []
}

describe('metricViews', () => {
  it('compares accuracy with one constant answer, and says the log loss once', () => {
    const views = metricViews(evaluation, setupWith({ task: 'binary', loss: 'log' }))
    expect(views.map(({ name, value }) => [name, value])).toEqual([
      ['accuracy', '90 %'],
      ['loss', '0.2500']
    ])
    expect(views[0]?.sentence).toContain('always answering “a” would get 60 %')
    const hinge = metricViews(evaluation, setupWith({ task: 'binary', loss: 'hinge' }))
    expect(hinge.map(({ name }) => name)).toEqual(['accuracy', 'log-loss', 'loss'])
  })

  it('says that the loss of values is in standardised units', () => {
    const views = metricViews({ ...evaluation, metrics: [], confusion: null }, setupWith())
    expect(views[0]?.sentence).toContain('standardised')
  })
})

describe('fewRowsNote', () => {
  it('warns of few rows, but not of those that were trained on', () => {
    expect(fewRowsNote({ ...evaluation, on: 'validation', rows: 12 }, setupWith())).toContain('12 validation rows')
    expect(fewRowsNote({ ...evaluation, on: 'validation', rows: 300 }, setupWith())).toBeNull()
    expect(fewRowsNote({ ...evaluation, on: 'training' }, setupWith())).toBeNull()
    expect(fewRowsNote({ ...evaluation, on: 'validation' }, setupWith({ task: 'binary', loss: 'log' }))).toContain('10')
    // Of labels a row is no fixed share of accuracy.
    const labels = setupWith({ task: 'multi-label', loss: 'log' })
    expect(fewRowsNote({ ...evaluation, on: 'validation' }, labels)).toContain('only 10 validation rows')
    expect(fewRowsNote({ ...evaluation, on: 'validation', rows: 100 }, labels)).toBeNull()
  })
})

describe('looksText', () => {
  it('counts the looks of this run and of others', () => {
    const text = (looks: number, looksBefore: number) =>
      looksText({ looks, looksBefore, evaluation: null, step: null }).split('. ')[0]
    expect(text(0, 0)).toBe('')
    expect(text(1, 0)).toBe('Looked at once with this run.')
    expect(text(2, 0)).toBe('Looked at 2 times with this run')
    expect(text(1, 3)).toBe('Looked at once with this run, 3 times with other runs')
    expect(text(0, 1)).toBe('Looked at once with other runs.')
  })
})
