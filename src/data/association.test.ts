import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { associationsOf, correlationRatio, cramersV } from './association'
import { column, table } from './testing'

const groups = (codes: readonly number[]) => ({ of: Int32Array.from(codes), count: new Set(codes).size })
const rows = (count: number) => Int32Array.from({ length: count }, (_, row) => row)

describe('correlationRatio', () => {
  it('agrees with a small case by hand', () => {
    // Means 2 and 5, mean 3.5: SST = 17.5, SSW = 4, N = 6, k = 2.
    expect(correlationRatio(groups([0, 0, 0, 1, 1, 1]), Float64Array.of(1, 2, 3, 4, 5, 6))).toBeCloseTo(
      Math.sqrt(1 - (4 / 17.5) * (5 / 4)),
      12
    )
  })

  it('is 1 where the group says all, 0 where it says nothing or every row has its own', () => {
    expect(correlationRatio(groups([0, 0, 1, 1]), Float64Array.of(3, 3, 8, 8))).toBe(1)
    expect(correlationRatio(groups([0, 1, 0, 1]), Float64Array.of(3, 3, 8, 8))).toBe(0)
    expect(correlationRatio(groups([0, 1, 2, 3]), Float64Array.of(3, 3, 8, 8))).toBe(0)
    expect(correlationRatio(groups([0, 0, 1, 1]), Float64Array.of(5, 5, 5, 5))).toBe(0)
  })
})

describe('cramersV', () => {
  it('agrees with a small case by hand', () => {
    // Counts 3, 1 and 1, 3: χ² = 2, φ² = 0.25, corrected 0.25 − 1/7 over 1 − 1/7.
    const a = groups([0, 0, 0, 0, 1, 1, 1, 1])
    const b = groups([0, 0, 0, 1, 0, 1, 1, 1])
    expect(cramersV(a, b)).toBeCloseTo(Math.sqrt((0.25 - 1 / 7) / (6 / 7)), 12)
  })

  it('is 1 for the same groups and 0 for names of rows', () => {
    const classes = groups([0, 1, 2, 0, 1, 2, 0, 1, 2])
    expect(cramersV(classes, classes)).toBeCloseTo(1, 12)
    expect(cramersV(groups([0, 1, 2, 3, 4, 5, 6, 7, 8]), classes)).toBe(0)
  })

  it('lies between 0 and 1, whichever comes first', () => {
    const codes = fc.array(fc.nat(4), { minLength: 20, maxLength: 20 })
    const dense = (list: number[]) => {
      const order = [...new Set(list)]
      return groups(list.map((code) => order.indexOf(code)))
    }
    fc.assert(
      fc.property(codes, codes, (left, right) => {
        const v = cramersV(dense(left), dense(right))
        expect(v).toBeGreaterThanOrEqual(0)
        expect(v).toBeLessThanOrEqual(1)
        expect(cramersV(dense(right), dense(left))).toBeCloseTo(v, 9)
      })
    )
  })
})

describe('associationsOf', () => {
  const data = table([
    column('up', [1, 2, 3, 4, 50, 600]),
    column('down', [6, 5, 4, 3, 2, null]),
    column('kind', ['a', 'a', 'a', 'b', 'b', 'b']),
    column('empty', [null, null, null, null, null, null]),
    column('y', [1, 4, 9, 16, 25, 36])
  ])

  it('names the measure that suits the two columns', () => {
    const found = associationsOf(data, 'y', 'regression', rows(6))
    expect(found.map((one) => [one.column, one.measure, one.rows])).toEqual([
      ['up', 'spearman', 6],
      ['down', 'spearman', 5],
      ['kind', 'correlation-ratio', 6]
    ])
    expect(found[0]?.value).toBeCloseTo(1, 12)
    expect(found[1]?.value).toBeCloseTo(1, 12)
    const classes = associationsOf(data, 'kind', 'binary', rows(6))
    expect(classes.map((one) => [one.column, one.measure])).toEqual([
      ['up', 'correlation-ratio'],
      ['down', 'correlation-ratio'],
      ['y', 'correlation-ratio']
    ])
  })

  it('looks at the rows that it is given alone', () => {
    const answers = column('class', ['x', 'x', 'y', 'y', 'x', 'y'])
    const other = table([column('word', ['p', 'p', 'q', 'q', 'q', 'p']), answers])
    expect(associationsOf(other, 'class', 'binary', rows(4))[0]?.value).toBeCloseTo(1, 12)
    expect(associationsOf(other, 'class', 'binary', rows(6))[0]?.value).toBeLessThan(0.5)
  })

  it('says nothing where the target cannot be a value', () => {
    expect(associationsOf(data, 'kind', 'regression', rows(6))).toEqual([])
    expect(associationsOf(data, 'nothing', 'binary', rows(6))).toEqual([])
  })
})
