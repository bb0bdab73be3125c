import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { benchSchema } from '../../../../shared/bench'
import type { TrialVariantView, TrialWeights } from '../../../../shared/bench-views'
import { indexText, mayHavePicture, weightTable } from './trial'

const variant = (label: string, weights: readonly TrialWeights[] | null): TrialVariantView => ({
  ...{ label, weights, steps: [0, 1], losses: [1, 0.5], accuracy: null, surface: null, error: null }
})

describe('weights before and after', () => {
  it('stand in one table, by their names and places', () => {
    const bias = { name: 'output.bias', shape: [1], start: [0], end: [3] }
    const weight = { name: 'output.weight', shape: [1, 2], start: [0, 0.5], end: [2, -1] }
    const table = weightTable({
      variants: [variant('with', [weight, bias]), variant('without', [weight])],
      points: null
    })
    expect(table).toEqual({
      columns: ['Weight', 'with', 'without'],
      rows: [
        ['output.weight[0, 0]', '0 → 2.000', '0 → 2.000'],
        ['output.weight[0, 1]', '0.5000 → −1.000', '0.5000 → −1.000'],
        ['output.bias', '0 → 3.000', null]
      ]
    })
  })

  it('are none where the networks are too large for it', () => {
    expect(weightTable({ variants: [variant('large', null)], points: null })).toBeNull()
  })

  it('have places row by row', () => {
    const texts = [0, 1, 2, 3, 4, 5].map((at) => indexText(at, [2, 3]))
    expect(texts).toEqual(['[0, 0]', '[0, 1]', '[0, 2]', '[1, 0]', '[1, 1]', '[1, 2]'])
    expect(indexText(0, [1, 1])).toBe('')
    expect(indexText(0, [])).toBe('')
  })
})

describe('room for a picture', () => {
  const bench = (columns: readonly string[]) =>
    v.parse(benchSchema, {
      data: { kind: 'rows', columns, rows: [columns.map((_, i) => i)] },
      setup: { target: 'y', task: 'regression', loss: 'squared', optimizer: { type: 'sgd', config: {} } }
    })

  it('is kept where there are one or two inputs', () => {
    expect(mayHavePicture(bench(['x', 'y']))).toBe(true)
    expect(mayHavePicture(bench(['x', 'u', 'y']))).toBe(true)
    expect(mayHavePicture(bench(['x', 'u', 'v', 'y']))).toBe(false)
  })
})
