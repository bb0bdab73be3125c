import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SplitSetting } from '../../shared/column-setting'
import { column, table } from '../testing'
import { codeOf } from '../testing-setup'
import { foldSplit, splitTable, type Parting, type Split } from '.'

const range = (count: number): Int32Array => Int32Array.from({ length: count }, (_, index) => index)
const sorted = (rows: Iterable<number>): number[] => [...rows].sort((a, b) => a - b)

function allFolds(folds: number, ...request: Parameters<Parting>): Split[] {
  return Array.from({ length: folds }, (_, fold) => foldSplit(fold, folds)(...request))
}

const settings = fc.constantFrom<SplitSetting[]>(
  { by: 'auto', column: null },
  { by: 'random', column: null },
  { by: 'stratified', column: null },
  { by: 'grouped', column: 'by' },
  { by: 'ordered', column: 'by' },
  { by: 'ordered', column: null },
  { by: 'fixed', column: 'part', validation: ['val'], test: ['test'] }
)

describe('folds', () => {
  it('validate each row that is not for the test once, and never train on it or on the test', () => {
    fc.assert(
      fc.property(
        settings,
        fc.array(fc.option(fc.nat(30)), { minLength: 30, maxLength: 60 }),
        fc.constantFrom(0, 0.1, 0.3),
        fc.integer({ min: 2, max: 6 }),
        fc.nat(1000),
        (setting, values, test, folds, seed) => {
          fc.pre(new Set(values).size > 8)
          const data = table([
            column('by', values),
            column(
              'part',
              values.map((_, row) => ['train', 'train', 'val', 'test'][row % 4] ?? null)
            )
          ])
          const classes = Int32Array.from(values, (_, row) => row % 3)
          // Not all rows can be used.
          const rows = range(values.length).filter((row) => row % 7 !== 3)
          const given = [data, setting, rows, classes.slice(0, rows.length), { validation: 0.2, test }, seed] as const
          const all = allFolds(folds, ...given)
          const { testRows } = splitTable(...given)
          const validated = all.flatMap(({ validationRows }) => [...validationRows])
          expect(new Set(validated).size).toBe(validated.length)
          for (const fold of all) {
            expect(fold.testRows).toEqual(testRows)
            expect(fold.trainRows.length).toBeGreaterThan(0)
            expect(fold.validationRows.length).toBeGreaterThan(0)
            expect([fold.trainRows, fold.validationRows].map(sorted)).toEqual(
              [fold.trainRows, fold.validationRows].map((each) => [...each])
            )
            const parts = [...fold.trainRows, ...fold.validationRows, ...fold.testRows]
            expect(new Set(parts).size).toBe(parts.length)
            if (setting.by !== 'ordered') expect(sorted(parts)).toEqual([...rows])
          }
          if (setting.by !== 'ordered') expect(sorted([...validated, ...testRows])).toEqual([...rows])
        }
      )
    )
  })

  it('are as large as each other, and so are the classes in them', () => {
    const classes = Int32Array.from({ length: 103 }, (_, row) => (row % 10 === 0 ? 2 : row % 2))
    const data = table([column('x', [...range(103)])])
    const stratified = { by: 'stratified', column: null } as const
    const all = allFolds(5, data, stratified, range(103), classes, { validation: 0.2, test: 0 }, 4)
    expect(sorted(all.map(({ validationRows }) => validationRows.length))).toEqual([20, 20, 21, 21, 21])
    for (const code of [0, 1, 2]) {
      const counts = all.map(({ validationRows }) => validationRows.filter((row) => classes[row] === code).length)
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
    }
  })

  it('are the same for the same seed and others for another', () => {
    const data = table([column('x', [...range(40)])])
    const random = { by: 'random', column: null } as const
    const draw = (seed: number): string =>
      allFolds(4, data, random, range(40), null, { validation: 0, test: 0 }, seed)
        .map(({ validationRows }) => validationRows.join())
        .join(' ')
    expect(draw(3)).toBe(draw(3))
    expect(draw(3)).not.toBe(draw(4))
  })

  it('never part a group, and spread groups evenly', () => {
    const values = Array.from({ length: 90 }, (_, row) => `g${Math.floor(Math.sqrt(row * 3))}`)
    const data = table([column('by', values)])
    const grouped = { by: 'grouped', column: 'by' } as const
    const all = allFolds(3, data, grouped, range(90), null, { validation: 0, test: 0 }, 2)
    const groups = all.flatMap(({ validationRows }) => [...new Set(Array.from(validationRows, (row) => values[row]))])
    expect(new Set(groups).size).toBe(groups.length)
    for (const { validationRows } of all) expect(Math.abs(validationRows.length - 30)).toBeLessThanOrEqual(3)
  })

  it('in order are an expanding window', () => {
    const values = [7, 2, 5, 0, 3, 6, 1, 4]
    const data = table([column('by', values)])
    const ordered = { by: 'ordered', column: 'by' } as const
    const all = allFolds(3, data, ordered, range(8), null, { validation: 0.5, test: 0 }, 1)
    const of = (rows: Int32Array) => sorted(Array.from(rows, (row) => values[row] ?? NaN))
    expect(all.map(({ trainRows, validationRows }) => [of(trainRows), of(validationRows)])).toEqual([
      [
        [0, 1],
        [2, 3]
      ],
      [
        [0, 1, 2, 3],
        [4, 5]
      ],
      [
        [0, 1, 2, 3, 4, 5],
        [6, 7]
      ]
    ])
  })

  it('refuse what cannot be', () => {
    const data = table([column('by', ['a', 'a', 'b', 'b'])])
    const fold = (folds: number, setting: SplitSetting, test = 0) =>
      codeOf(() => foldSplit(0, folds)(data, setting, range(4), null, { validation: 0, test }, 1))
    expect([
      fold(1, { by: 'random', column: null }),
      fold(2.5, { by: 'random', column: null }),
      fold(5, { by: 'random', column: null }),
      fold(4, { by: 'random', column: null }),
      fold(4, { by: 'random', column: null }, 0.25),
      fold(4, { by: 'ordered', column: null }),
      fold(3, { by: 'ordered', column: null }),
      fold(3, { by: 'grouped', column: 'by' }),
      fold(2, { by: 'grouped', column: 'by' }),
      fold(2, { by: 'stratified', column: null })
    ]).toEqual([
      'invalid-folds',
      'invalid-folds',
      'too-few-rows',
      'no error',
      'too-few-rows',
      'too-few-rows',
      'no error',
      'too-few-groups',
      'no error',
      'invalid-split'
    ])
  })
})
