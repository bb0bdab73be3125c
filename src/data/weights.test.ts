import { describe, expect, it } from 'vitest'
import { prepare } from './prepare'
import { column, table } from './testing'
import { codeOf, setupFor } from './testing-setup'

const rows = Array.from({ length: 12 }, (_, row) => row)
const tableWith = (weights: readonly (number | string | null)[]) =>
  table([
    column(
      'x',
      rows.map((row) => row % 5)
    ),
    column('w', weights),
    column(
      'y',
      rows.map((row) => (row === 4 ? null : row ** 2))
    )
  ])
const plain = rows.map((row) => (row % 4) + 0.5)
const data = tableWith(plain)
const setup = setupFor(data, 'y', { task: 'regression', loss: 'squared', weight: 'w', validation: 0.25, test: 0.2 })

describe('row weights', () => {
  it('have mean 1 over the training rows; the same factor holds in the other parts', () => {
    const { training, validation, trainRows, validationRows, testRows, weights } = prepare(data, setup)
    const mean = trainRows.reduce((sum, row) => sum + (plain[row] ?? NaN), 0) / trainRows.length
    const expected = (some: Int32Array) => Array.from(some, (row) => (plain[row] ?? NaN) * (1 / mean))
    for (const [got, some] of [
      [training.weights, trainRows],
      [validation.weights, validationRows],
      [weights?.of(testRows), testRows]
    ] as const) {
      expect(got?.length).toBe(some.length)
      expected(some).forEach((weight, i) => expect(got?.[i]).toBeCloseTo(weight, 12))
    }
    expect(training.weights?.reduce((sum, each) => sum + each, 0)).toBeCloseTo(trainRows.length, 12)
  })

  it('are no feature, and the notice tells their range and factor', () => {
    const { preparation, notices } = prepare(data, setup)
    expect(preparation.features.map(({ name }) => name)).toEqual(['x'])
    expect(notices.find(({ code }) => code === 'row-weights')?.message).toMatch(
      /^"w" says how much each row counts in the loss: from 0\.5 to 3\.5 in the 6 training rows, times 0\.\d+ so that/
    )
    expect(prepare(data, { ...setup, weight: null }).training.weights).toBeNull()
  })

  it('may be missing where the target is too, and nowhere else', () => {
    const gap = (at: number) => tableWith(plain.map((weight, row) => (row === at ? null : weight)))
    expect(codeOf(() => prepare(gap(4), setup))).toBe('no error')
    expect(() => prepare(gap(7), setup)).toThrow(
      expect.objectContaining({ code: 'missing-weight', details: { file: 'test.csv', row: 8, column: 'w' } })
    )
  })

  it.each([
    ['a number below 0', plain.map((weight, row) => (row === 6 ? -1 : weight)), 'negative-weight'],
    ['text', rows.map((row) => (row === 6 ? 'heavy' : '1')), 'not-a-number'],
    ['0 in every row', rows.map(() => 0), 'zero-weights'],
    ['too small to be scaled', rows.map(() => 5e-324), 'zero-weights']
  ] as const)('are refused with %s', (_what, weights, code) => {
    expect(codeOf(() => prepare(tableWith(weights), setup))).toBe(code)
  })

  it('of text are refused with the first cells that are no numbers', () => {
    const weights = rows.map((row) => (row === 6 ? 'heavy' : row === 9 ? 'abc' : String(row)))
    expect(() => prepare(tableWith(weights), setup)).toThrow(/from 0 up, got text such as "heavy", "abc"\. Choose/)
  })

  it('must leave something to judge by', () => {
    const { validationRows } = prepare(data, setup)
    const none = plain.map((weight, row) => (validationRows.includes(row) ? 0 : weight))
    expect(() => prepare(tableWith(none), setup)).toThrow(/of the 3 validation rows are all 0/)
    const tooSmall = plain.map((weight, row) => (validationRows.includes(row) ? 1e-60 : weight))
    expect(() => prepare(tableWith(tooSmall), setup)).toThrow(/of the 3 validation rows are nothing beside/)
    const tooLarge = plain.map((weight, row) => (validationRows.includes(row) ? 1e60 : weight))
    expect(() => prepare(tableWith(tooLarge), setup)).toThrow(/too far from those of training/)
  })

  it('come from a column that is there and is no target', () => {
    expect(codeOf(() => prepare(data, { ...setup, weight: 'nothing' }))).toBe('unknown-column')
    expect(codeOf(() => prepare(data, { ...setup, weight: 'y' }))).toBe('weight-is-target')
  })
})
