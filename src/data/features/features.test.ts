import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import type { ColumnSetting } from '../../shared/column-setting'
import { StudioError } from '../../shared/errors'
import { encodeFeatures } from '../encode'
import { prepare, type Prepared } from '../prepare'
import { featureNames, preparationSchema } from '../preparation'
import type { Column, Table } from '../table'
import { column, table } from '../testing'
import { datePartsOf, MOST_MS } from './calendar'
import { planOf } from './plan'
import { prepared, valueSetup } from './testing'
import { wordsOf } from './words'
import { wholeTensor } from '../../engine'

/** What comes of it, or null where the random table lacks what its settings ask for. */
function prepareOrNull(data: Table, setup: Parameters<typeof prepare>[1]): Prepared | null {
  try {
    return prepare(data, setup)
  } catch (thrown) {
    const expected = [
      'no-complete-rows',
      'too-few-rows',
      'no-features',
      'not-boolean',
      'constant-target',
      'target-missing'
    ]
    if (thrown instanceof StudioError && expected.includes(thrown.code)) return null
    throw thrown
  }
}

function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (thrown) {
    if (thrown instanceof StudioError) return thrown.code
    throw thrown
  }
  return 'no error'
}

const y = (rows: number): Column =>
  column(
    'y',
    Array.from({ length: rows }, (_, row) => row)
  )

/** The inputs of one column trained on all rows, row by row. */
function inputsOf(
  of: Column,
  setting: object,
  rows: number
): { names: string[]; values: number[][]; feature: unknown } {
  const data = table([of, y(rows)])
  const { preparation, training } = prepare(
    data,
    valueSetup({ validation: 0, columns: [{ name: of.name, ...setting }] })
  )
  const names = featureNames(preparation)
  const values = Array.from({ length: rows }, (_, row) => [
    ...wholeTensor(training.features).data.subarray(row * names.length, (row + 1) * names.length)
  ])
  return { names, values, feature: preparation.features[0] }
}

describe('any settings for any table', () => {
  it('give finite numbers, a preparation that is saved and read again, and as many names as inputs', () => {
    let done = 0
    fc.assert(
      fc.property(prepared, ({ data, setup }) => {
        const made = prepareOrNull(data, setup)
        if (made === null) return
        done++
        for (const part of [made.training, made.validation]) {
          expect([...wholeTensor(part.features).data, ...part.targets.data].every(Number.isFinite)).toBe(true)
          expect(part.features.shape[1]).toBe(featureNames(made.preparation).length)
        }
        expect(v.parse(preparationSchema, JSON.parse(JSON.stringify(made.preparation)))).toEqual(made.preparation)
        const all = [...made.trainRows, ...made.validationRows, ...made.testRows]
        expect(new Set(all).size).toBe(all.length)
        // Rows for the test are as good for the network as the others.
        expect(wholeTensor(encodeFeatures(made.preparation, data, made.testRows)).data.every(Number.isFinite)).toBe(
          true
        )
      }),
      { numRuns: 300 }
    )
    expect(done).toBeGreaterThan(150)
  })

  it('are fitted on training rows alone: no value of another row changes the preparation', () => {
    let done = 0
    fc.assert(
      fc.property(prepared, prepared, ({ data, setup }, { data: other }) => {
        const made = prepareOrNull(data, setup)
        if (made === null) return
        done++
        const trained = new Set(made.trainRows)
        const columns = data.columns.map((each, index): Column => {
          const from = other.columns[index]
          if (each.name === 'y' || from === undefined) return each
          // What is missing stays so: whether a row counts at all may hang on it.
          if (each.type === 'number' && from.type === 'number') {
            const values = each.values.map((value, row) =>
              trained.has(row) || Number.isNaN(value) || Number.isNaN(from.values[row]) || Math.abs(value) > 1e38
                ? value
                : Math.min(from.values[row] ?? 0, 8e15)
            )
            return { ...each, values }
          }
          if (each.type !== 'category' || from.type !== 'category') return each
          const at = (of: typeof each, row: number) => of.categories[of.codes[row] ?? -1] ?? null
          const cells = Array.from({ length: data.rows }, (_, row) =>
            trained.has(row) || at(each, row) === null || each.name === 'mixed'
              ? at(each, row)
              : (at(from, row) ?? at(each, row))
          )
          const changed = column(each.name, [...cells, ''])
          return changed.type === 'category' ? { ...changed, codes: changed.codes.slice(0, data.rows) } : each
        })
        const again = prepareOrNull({ ...data, columns }, setup)
        expect(again?.preparation).toEqual(made.preparation)
        expect(again?.training).toEqual(made.training)
      }),
      { numRuns: 200 }
    )
    expect(done).toBeGreaterThan(100)
  })
})

describe('a number', () => {
  const a = column('a', [1, 2, null, 4, 4, 9])

  it.each([
    ['median', { missing: 'median' }, 4],
    ['mean', { missing: 'mean' }, 4],
    ['most frequent', { missing: 'most-frequent' }, 4],
    ['a constant', { missing: 'constant', constant: '-7.5' }, -7.5]
  ])('is filled with the %s', (_name, setting, fill) => {
    expect(inputsOf(a, { ...setting, scaling: 'none' }, 6).values.map(([x]) => x)).toEqual([1, 2, fill, 4, 4, 9])
  })

  it('is scaled as said', () => {
    const scaled = (scaling: string) => inputsOf(column('a', [0, 1, 3, 8]), { scaling }, 4).values.map(([x]) => x)
    expect(scaled('min-max')).toEqual([0, 0.125, 0.375, 1])
    // Median 2; quartiles 0.75 and 4.25.
    expect(scaled('robust')).toEqual([0, 1, 3, 8].map((x) => (x - 2) / 3.5))
    expect(scaled('none')).toEqual([0, 1, 3, 8])
    const logs = [0, 1, 3, 8].map(Math.log1p)
    const mean = logs.reduce((sum, x) => sum + x, 0) / 4
    const deviation = Math.sqrt(logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 4)
    expect(scaled('log1p')).toEqual(logs.map((x) => (x - mean) / deviation))
  })

  it('falls back to the deviation where half of the values are the same', () => {
    expect(inputsOf(column('a', [0, 0, 0, 0, 0, 6]), { scaling: 'robust' }, 6).feature).toMatchObject({
      mean: 0,
      scale: Math.sqrt(5)
    })
  })

  it('has no logarithm below 0: the row is named, in training and in prediction', () => {
    expect(() => inputsOf(column('a', [1, 2, -3, 4]), { scaling: 'log1p' }, 4)).toThrow(/row 3, column "a".*got -3/)
    const data = table([column('a', [1, 2, 3, 4]), y(4)])
    const { preparation } = prepare(data, valueSetup({ columns: [{ name: 'a', scaling: 'log1p' }] }))
    expect(codeOf(() => encodeFeatures(preparation, table([column('a', [5, -0.5])])))).toBe('negative-value')
  })

  it('tells what is missing by an input of its own', () => {
    const { names, values } = inputsOf(a, { indicator: true, scaling: 'none' }, 6)
    expect(names).toEqual(['a', 'a is missing'])
    expect(values.map(([, missing]) => missing)).toEqual([0, 0, 1, 0, 0, 0])
  })

  it('is read out of text, what is none counting as missing, with a notice', () => {
    const data = table([column('a', ['1', '2', 'three', '4', null, '6']), y(6)])
    const setup = valueSetup({ validation: 0, columns: [{ name: 'a', type: 'number', scaling: 'none' }] })
    const { training, notices, preparation } = prepare(data, setup)
    expect([...wholeTensor(training.features).data]).toEqual([1, 2, 3, 4, 3, 6])
    expect(notices).toMatchObject([{ code: 'text-as-number', columns: ['a'] }])
    expect(notices[0]?.message).toContain('"a" (1)')
    expect([...wholeTensor(encodeFeatures(preparation, table([column('a', ['x', '5'])]))).data]).toEqual([3, 5])
  })
})

describe('rows to be left out where a value is missing', () => {
  const data = table([column('a', [1, null, 3, 4, null, 6]), column('b', ['x', 'x', null, 'y', 'y', 'x']), y(6)])
  const columns = [
    { name: 'a', missing: 'drop-row' as const },
    { name: 'b', missing: 'drop-row' as const }
  ]

  it('are in no part, and are counted', () => {
    const { trainRows, validationRows, testRows, notices } = prepare(data, valueSetup({ columns, test: 0.2 }))
    expect([...trainRows, ...validationRows, ...testRows].sort()).toEqual([0, 3, 5])
    expect(notices).toMatchObject([{ code: 'incomplete-rows', columns: ['a', 'b'] }])
    expect(notices[0]?.message).toMatch(/^3 of 6 rows are left out.*"a" \(2\), "b" \(1\)/)
  })

  it('cannot be predicted: the row is named', () => {
    const { preparation } = prepare(data, valueSetup({ columns }))
    const missing = table([column('a', [1, 2]), column('b', ['x', null])])
    expect(() => encodeFeatures(preparation, missing)).toThrow(/row 2, column "b": expected a value/)
    const number = table([column('a', [1, null]), column('b', ['x', 'x'])])
    expect(codeOf(() => encodeFeatures(preparation, number))).toBe('missing-value')
  })

  it('may not be all of them', () => {
    const empty = table([column('a', [null, null, 3, 4]), column('b', ['x', 'x', null, null]), y(4)])
    expect(codeOf(() => prepare(empty, valueSetup({ columns })))).toBe('no-complete-rows')
  })
})

describe('a category', () => {
  const size = column('size', ['small', 'big', null, 'mid', 'small'])

  it('has an input of its own for what is missing', () => {
    const { names, values } = inputsOf(size, { indicator: true }, 5)
    expect(names).toEqual(['size=big', 'size=mid', 'size=small', 'size is missing'])
    expect(values[2]).toEqual([0, 0, 0, 1])
    expect(values[0]).toEqual([0, 0, 1, 0])
  })

  it('is filled with a constant, which becomes a category', () => {
    const { names, values } = inputsOf(size, { missing: 'constant', constant: 'unknown' }, 5)
    expect(names).toEqual(['size=big', 'size=mid', 'size=small', 'size=unknown'])
    expect(values[2]).toEqual([0, 0, 0, 1])
  })

  it('is a rank in the order that is said, standardised', () => {
    const { feature, values } = inputsOf(size, { encoding: 'ordinal', order: ['small', 'mid', 'big'] }, 5)
    expect(feature).toMatchObject({ kind: 'ordinal', fill: 'small', mean: 0.6, categories: ['small', 'mid', 'big'] })
    const scale = Math.sqrt((3 * 0.36 + 0.16 + 1.96) / 5)
    expect(values.map(([z]) => z)).toEqual(
      [0, 2, 0, 1, 0].map((rank) => expect.closeTo((rank - 0.6) / scale, 12) as number)
    )
  })

  it('has an order by value where all are numbers', () => {
    expect(inputsOf(column('n', ['10', '9', '100']), { encoding: 'ordinal' }, 3).feature).toMatchObject({
      categories: ['9', '10', '100']
    })
  })

  it('is refused where the order leaves one out', () => {
    expect(() => inputsOf(size, { encoding: 'ordinal', order: ['small', 'big'] }, 5)).toThrow(/where "mid" stands/)
  })

  it('is made of numbers that are codes, and found again in numbers', () => {
    const { names, feature } = inputsOf(column('zip', [10115, 20095, 10115]), { type: 'category' }, 3)
    expect(names).toEqual(['zip=10115', 'zip=20095'])
    expect(feature).toMatchObject({ kind: 'category', fill: '10115' })
  })
})

describe('a boolean', () => {
  it('is 0 or 1, and ½ for anything else', () => {
    const data = table([column('b', ['Yes', 'No', 'No', null]), y(4)])
    const { preparation, training } = prepare(
      data,
      valueSetup({ validation: 0, columns: [{ name: 'b', type: 'boolean' }] })
    )
    expect([...wholeTensor(training.features).data]).toEqual([1, 0, 0, 0])
    expect([...wholeTensor(encodeFeatures(preparation, table([column('b', ['maybe', 'Yes'])]))).data]).toEqual([0.5, 1])
  })

  it('has no third value', () => {
    const three = column('b', ['x', 'y', 'z', 'x'])
    expect(codeOf(() => inputsOf(three, { type: 'boolean' }, 4))).toBe('not-boolean')
  })
})

describe('a date', () => {
  it('is parted as ECMAScript parts it, over all of its range', () => {
    fc.assert(
      fc.property(fc.integer({ min: -MOST_MS, max: MOST_MS }), (ms) => {
        const date = new Date(ms)
        expect(datePartsOf(ms)).toEqual({
          year: date.getUTCFullYear(),
          month: date.getUTCMonth(),
          day: date.getUTCDate() - 1,
          weekday: date.getUTCDay(),
          hour: date.getUTCHours()
        })
      }),
      { numRuns: 2000 }
    )
  })

  it('gives year, month, day and weekday, and the hour where there are times', () => {
    const days = [Date.UTC(2024, 0, 1), Date.UTC(2024, 6, 1), Date.UTC(2026, 3, 1)]
    const dates: Column = { type: 'number', name: 'when', values: Float64Array.from(days), time: 'date' }
    const { names, values } = inputsOf(dates, {}, 3)
    const parts = ['month', 'day', 'weekday'].flatMap((part) => [`when ${part} sin`, `when ${part} cos`])
    expect(names).toEqual(['when year', ...parts])
    // July is half a round from January; the first of a month is where the round begins.
    expect(values[1]?.slice(1, 5)).toEqual([expect.closeTo(0, 12), -1, 0, 1])
    const times: Column = { ...dates, values: Float64Array.from(days, (day) => day + 6 * 3_600_000), time: 'datetime' }
    const timed = inputsOf(times, {}, 3)
    expect(timed.names.slice(-2)).toEqual(['when hour sin', 'when hour cos'])
    expect(timed.values[0]?.slice(-2)).toEqual([1, expect.closeTo(0, 12)])
  })

  it('is filled with the date that is said', () => {
    const dates: Column = { type: 'number', name: 'when', values: Float64Array.of(0, NaN, 86_400_000), time: 'date' }
    const setting = { missing: 'constant', constant: '2024-05-31' }
    expect(inputsOf(dates, setting, 3).feature).toMatchObject({ fill: Date.UTC(2024, 4, 31) })
  })
})

describe('words', () => {
  it('are letters, whatever their case', () => {
    expect([...wordsOf("Don't eat ÄPFEL, äpfel or ΣΑΣ σας 42x!")]).toEqual([
      'don',
      't',
      'eat',
      'äpfel',
      'or',
      'σασ',
      'σας',
      'x'
    ])
  })

  it('are those that most training rows have, each an input', () => {
    const texts = column('t', ['red red wine', 'Red sea', 'blue sea', 'red', null])
    const { names, values } = inputsOf(texts, { type: 'text' }, 5)
    expect(names).toEqual(['t: red', 't: sea', 't: blue', 't: wine'])
    expect(values).toEqual([
      [1, 0, 0, 1],
      [1, 1, 0, 0],
      [0, 1, 1, 0],
      [1, 0, 0, 0],
      [0, 0, 0, 0]
    ])
  })

  it('are 256 at most', () => {
    const word = (i: number) => String.fromCharCode(97 + Math.floor(i / 26), 97 + (i % 26))
    const texts = Array.from({ length: 300 }, (_, i) => `${word(i)} ${i % 2 === 0 ? 'even' : 'odd'}`)
    const { names } = inputsOf(column('t', texts), { encoding: 'words' }, 300)
    expect(names).toHaveLength(256)
    expect(names.slice(0, 2)).toEqual(['t: even', 't: odd'])
  })
})

describe('settings that cannot be', () => {
  const number = column('n', [1, 2])
  const name = column('c', ['a', 'b'])
  const date: Column = { type: 'number', name: 'd', values: Float64Array.of(0, 1), time: 'date' }
  const cases: readonly (readonly [Column, Omit<ColumnSetting, 'name'>, string])[] = [
    [number, { encoding: 'words' }, 'type'],
    [number, { type: 'number', encoding: 'one-hot' }, 'encoding'],
    [number, { missing: 'constant' }, 'constant'],
    [number, { missing: 'constant', constant: 'abc' }, 'constant'],
    [number, { missing: 'constant', constant: 1e39 }, 'constant'],
    [number, { constant: 1 }, 'constant'],
    [number, { missing: 'drop-row', indicator: true }, 'indicator'],
    [number, { order: ['1'] }, 'order'],
    [name, { scaling: 'robust' }, 'scaling'],
    [name, { missing: 'median' }, 'missing'],
    [name, { type: 'date' }, 'type'],
    [name, { missing: 'constant', constant: '' }, 'constant'],
    [name, { encoding: 'ordinal', order: ['a', 'b', 'a'] }, 'order'],
    [name, { encoding: 'ordinal', order: ['a', 'b'], missing: 'constant', constant: 'c' }, 'constant'],
    [date, { missing: 'constant', constant: '2024-02-31x' }, 'constant'],
    [date, { type: 'date', scaling: 'none' }, 'scaling']
  ]

  it.each(cases)('%# are refused, and the setting is named', (of, setting, key) => {
    try {
      planOf(of, { name: of.name, ...setting })
    } catch (thrown) {
      if (!(thrown instanceof StudioError)) throw thrown
      expect([thrown.code, thrown.details]).toEqual(['column-setting', { column: of.name, setting: key }])
      return
    }
    throw new Error('nothing was refused')
  })

  it('name a column that is not there', () => {
    const data = table([number, y(2)])
    expect(codeOf(() => prepare(data, valueSetup({ columns: [{ name: 'gone' }] })))).toBe('unknown-column')
  })
})
