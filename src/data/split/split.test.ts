import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SplitSetting } from '../../shared/column-setting'
import { StudioError } from '../../shared/errors'
import { prepare } from '../prepare'
import { rareClasses, splitTable } from '.'
import { suggestSetup } from '../suggest'
import { column, table } from '../testing'

const range = (count: number): Int32Array => Int32Array.from({ length: count }, (_, index) => index)

/** A split for validation alone, stratified where there are classes. */
function splitRows(rows: Int32Array, classes: Int32Array | null, share: number, seed: number) {
  const data = table([
    column(
      'x',
      Array.from({ length: Math.max(...rows) + 1 }, (_, row) => row)
    )
  ])
  return splitTable(data, { by: 'auto', column: null }, rows, classes, { validation: share, test: 0 }, seed)
}

describe('splitTable, at random', () => {
  it('keeps the share and every row once, in order', () => {
    const { trainRows, validationRows } = splitRows(range(150), null, 0.2, 1)
    expect([trainRows.length, validationRows.length]).toEqual([120, 30])
    expect([...trainRows, ...validationRows].sort((a, b) => a - b)).toEqual([...range(150)])
    expect([...validationRows]).toEqual([...validationRows].sort((a, b) => a - b))
  })

  it('is the same for the same seed and another for another', () => {
    const draw = (seed: number): string => splitRows(range(100), null, 0.3, seed).validationRows.join()
    expect(draw(7)).toBe(draw(7))
    expect(draw(7)).not.toBe(draw(8))
  })

  it('keeps nothing when the share is 0', () => {
    const { trainRows, validationRows, testRows } = splitRows(Int32Array.of(3, 4, 9), Int32Array.of(0, 1, 1), 0, 1)
    expect([[...trainRows], [...validationRows], [...testRows]]).toEqual([[3, 4, 9], [], []])
  })

  it('is stratified by largest remainder', () => {
    // 7 : 2 : 1 of 10 rows, 3 to keep: 2.1, 0.6, 0.3 → 2, 1, 0.
    const classes = Int32Array.of(0, 0, 0, 0, 0, 0, 0, 1, 1, 2)
    const { validationRows } = splitRows(range(10), classes, 0.3, 1)
    expect(Array.from(validationRows, (row) => classes[row])).toEqual([0, 0, 1])
    expect(rareClasses(classes)).toEqual([2])
  })

  it('never takes the last row of a class, nor all of them, and takes at least one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(4), { minLength: 2, maxLength: 40 }),
        fc.double({ min: 0.001, max: 0.9, noNaN: true }),
        fc.nat(1000),
        (raw, share, seed) => {
          const names = [...new Set(raw)]
          fc.pre(names.length < raw.length)
          const classes = Int32Array.from(raw, (value) => names.indexOf(value))
          const { trainRows, validationRows } = splitRows(range(raw.length), classes, share, seed)
          expect(validationRows.length).toBeGreaterThan(0)
          expect(new Set(Array.from(trainRows, (row) => classes[row])).size).toBe(names.length)
          expect(trainRows.length + validationRows.length).toBe(raw.length)
          const wanted = Math.min(Math.max(1, Math.round(share * raw.length)), raw.length - names.length)
          expect(validationRows.length).toBe(wanted)
        }
      )
    )
  })

  it('draws every row about equally often', () => {
    const counts = new Array<number>(10).fill(0)
    for (let seed = 0; seed < 2000; seed++) {
      for (const row of splitRows(range(10), null, 0.3, seed).validationRows) counts[row] = (counts[row] ?? 0) + 1
    }
    // Expected 600 each, standard deviation √(2000 · 0.3 · 0.7) ≈ 20: five of them.
    for (const count of counts) expect(Math.abs(count - 600)).toBeLessThan(100)
  })
})

describe('splitTable', () => {
  const codeOf = (work: () => unknown): string => {
    try {
      work()
    } catch (thrown) {
      if (thrown instanceof StudioError) return thrown.code
      throw thrown
    }
    return 'no error'
  }
  /** All rows, by a column of these values. */
  const split = (
    by: SplitSetting['by'],
    values: readonly (number | string | null)[],
    shares: { validation: number; test: number },
    seed = 1,
    classes: Int32Array | null = null
  ) => {
    const named = by === 'grouped' || by === 'ordered'
    return splitTable(
      table([column('by', values)]),
      { by, column: named ? 'by' : null },
      range(values.length),
      classes,
      shares,
      seed
    )
  }

  it('puts every row into one part, of about the sizes wanted, whatever the way', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('random', 'stratified', 'grouped', 'ordered', 'auto'),
        fc.array(fc.option(fc.nat(30)), { minLength: 30, maxLength: 60 }),
        fc.double({ min: 0, max: 0.4, noNaN: true }),
        fc.double({ min: 0, max: 0.4, noNaN: true }),
        fc.nat(1000),
        (by, values, validation, test, seed) => {
          const classes = Int32Array.from(values, (_, row) => row % 3)
          fc.pre(new Set(values).size > 3)
          const parts = split(by, values, { validation, test }, seed, by === 'random' ? null : classes)
          const all = [...parts.trainRows, ...parts.validationRows, ...parts.testRows]
          expect(all.sort((a, b) => a - b)).toEqual([...range(values.length)])
          expect(parts.trainRows.length).toBeGreaterThan(0)
          expect(parts.validationRows.length > 0).toBe(validation > 0)
          expect(parts.testRows.length > 0).toBe(test > 0)
          if (by !== 'grouped' && test > 0)
            expect(parts.testRows).toHaveLength(Math.max(1, Math.round(test * values.length)))
        }
      )
    )
  })

  it('never parts a group, and comes near the share', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.constantFrom('ann', 'ben', 'cem', 'dov', 'eva', 'fay')), {
          minLength: 20,
          maxLength: 60
        }),
        fc.nat(1000),
        (values, seed) => {
          fc.pre(new Set(values).size > 3)
          const { trainRows, validationRows, testRows } = split('grouped', values, { validation: 0.3, test: 0.2 }, seed)
          const parts = [trainRows, validationRows, testRows].map(
            (rows) => new Set([...rows].map((row) => values[row]))
          )
          const groups = parts.flatMap((part) => [...part])
          expect(new Set(groups).size).toBe(groups.length)
          const largest = Math.max(...[...new Set(values)].map((name) => values.filter((each) => each === name).length))
          expect(Math.abs(validationRows.length - 0.3 * values.length)).toBeLessThanOrEqual(largest + 1)
        }
      )
    )
  })

  it('draws other groups for another seed', () => {
    const values = Array.from({ length: 60 }, (_, row) => `patient ${row % 20}`)
    const groups = new Set(
      [1, 2, 3].map((seed) => split('grouped', values, { validation: 0.2, test: 0 }, seed).validationRows.join())
    )
    expect(groups.size).toBe(3)
  })

  it('keeps the last by value, missing ones first, the very last for the test', () => {
    const values = [5, 1, null, 9, 7, 3, 8, 2, 6, 4]
    const { trainRows, validationRows, testRows } = split('ordered', values, { validation: 0.2, test: 0.2 })
    const of = (rows: Int32Array) => [...rows].map((row) => values[row])
    expect([of(testRows), of(validationRows), of(trainRows)]).toEqual([
      [9, 8],
      [7, 6],
      [5, 1, null, 3, 2, 4]
    ])
    const words = split('ordered', ['b', 'a', 'd', 'c'], { validation: 0.25, test: 0.25 })
    expect([[...words.testRows], [...words.validationRows]]).toEqual([[2], [3]])
  })

  it('keeps the last rows of the file where no column says the order', () => {
    const data = table([column('x', [1, 2, 3, 4, 5])])
    const order = { by: 'ordered', column: null } as const
    const { trainRows, validationRows } = splitTable(data, order, range(5), null, { validation: 0.4, test: 0 }, 1)
    expect([[...trainRows], [...validationRows]]).toEqual([
      [0, 1, 2],
      [3, 4]
    ])
  })

  it('validates on other rows than it tests on, and trains on the same seed alike', () => {
    const values = Array.from({ length: 100 }, (_, row) => row)
    const { validationRows, testRows } = split('random', values, { validation: 0.2, test: 0.1 })
    expect([validationRows.length, testRows.length]).toEqual([20, 10])
    expect(split('random', values, { validation: 0.2, test: 0.1 }).testRows).toEqual(testRows)
  })

  it('refuses what cannot be', () => {
    const shares = { validation: 0.2, test: 0.2 }
    const cases = [
      codeOf(() => split('random', [1, 2, 3, 4], { validation: 0.5, test: 0.5 })),
      codeOf(() => split('random', [1, 2], shares)),
      codeOf(() => split('grouped', ['a', 'a', 'a', 'a'], shares)),
      codeOf(() => split('grouped', ['a', 'b', 'a', 'b'], shares)),
      codeOf(() => split('stratified', [1, 2, 3, 4], shares)),
      codeOf(() => splitTable(table([]), { by: 'grouped', column: null }, range(4), null, shares, 1)),
      codeOf(() => splitTable(table([]), { by: 'ordered', column: 'gone' }, range(4), null, shares, 1)),
      codeOf(() => splitTable(table([]), { by: 'random', column: 'x' }, range(4), null, shares, 1))
    ]
    expect(cases).toEqual([
      'invalid-config',
      'too-few-rows',
      'constant-group',
      'too-few-groups',
      'invalid-split',
      'invalid-split',
      'unknown-column',
      'invalid-split'
    ])
  })

  it('takes the column of the groups out of the features, and says which classes are never trained on', () => {
    const rows = Array.from({ length: 12 }, (_, row) => row)
    const data = table([
      column(
        'patient',
        rows.map((row) => `p${row % 4}`)
      ),
      column('x', rows),
      column(
        'y',
        rows.map((row) => (row < 9 ? 'early' : 'late'))
      )
    ])
    const setup = { ...suggestSetup(data, 'y'), ignored: [] }
    const grouped = prepare(data, { ...setup, split: { by: 'grouped', column: 'patient' } })
    expect(grouped.preparation.features.map(({ name }) => name)).toEqual(['x'])
    expect(grouped.notices.map(({ code }) => code)).toEqual(['group-column'])
    const ordered = prepare(data, { ...setup, validation: 0.3, split: { by: 'ordered', column: 'x' } })
    expect(ordered.notices.map(({ code }) => code)).toEqual(['untrained-class'])
    expect(ordered.notices[0]?.message).toContain('"late"')
  })
})
