import { describe, expect, it } from 'vitest'
import { columnRole } from './findings'
import { profileTable, tableRows } from './profile'
import { column, table } from './testing'

describe('profileTable', () => {
  it('summarises numbers', () => {
    const [view] = profileTable(table([column('a', [1, null, 3, 3, 0.1])]))
    expect(view).toMatchObject({
      name: 'a',
      type: 'number',
      missing: 1,
      distinct: 3,
      integers: false,
      min: 0.1,
      max: 3
    })
    expect(view?.mean).toBeCloseTo(1.775, 6)
    expect(view?.histogram).toHaveLength(20)
    expect(view?.histogram.reduce((sum, count) => sum + count, 0)).toBe(4)
    expect([view?.histogram[0], view?.histogram[19]]).toEqual([1, 2])
  })

  it('summarises numbers of any size without rounding them', () => {
    const data = table([column('a', [20240101, 20240102]), column('b', [1.7e308, -1.7e308]), column('c', [5e-324, 0])])
    expect(profileTable(data)).toMatchObject([
      { distinct: 2, integers: true, min: 20240101, max: 20240102, mean: 20240101.5 },
      { min: -1.7e308, max: 1.7e308, mean: 0, histogram: [1, ...Array<number>(18).fill(0), 1] },
      { min: 0, max: 5e-324, histogram: [1, ...Array<number>(18).fill(0), 1] }
    ])
  })

  it('summarises categories, the most frequent first', () => {
    const [view] = profileTable(table([column('a', ['x', 'y', 'y', null])]))
    expect(view).toMatchObject({
      type: 'category',
      missing: 1,
      distinct: 2,
      top: ['y', 'x'],
      histogram: [2, 1],
      min: null
    })
  })

  it('has nothing to say about a column without values', () => {
    const [view] = profileTable(table([column('a', [null, null])]))
    expect(view).toMatchObject({ missing: 2, distinct: 0, min: null, max: null, mean: null, histogram: [] })
  })
})

describe('tableRows', () => {
  it('gives the rows there are, as text', () => {
    const data = table([column('a', [1, 5.1, null]), column('b', ['x', null, 'z'])])
    expect(tableRows(data, 0, 2)).toEqual([
      ['1', 'x'],
      ['5.1', null]
    ])
    expect(tableRows(data, 2, 100)).toEqual([[null, 'z']])
    expect(tableRows(data, 5, 1)).toEqual([])
  })
})

describe('columnRole', () => {
  const role = (name: string, values: (number | null)[] | (string | null)[]): string => {
    const data = table([column(name, values)])
    const [first] = data.columns
    const [view] = profileTable(data)
    if (first === undefined || view === undefined) throw new Error('no column')
    return columnRole(first, view)
  }
  const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `name ${index}`)

  it('tells what is of no use as a feature', () => {
    expect(role('a', [null, null])).toBe('all-missing')
    expect(role('a', [2, 2, null])).toBe('constant')
    expect(role('a', names(10))).toBe('id-like')
    expect(role('a', [...names(60), ...names(40)])).toBe('id-like')
    expect(
      role(
        'Id',
        Array.from({ length: 20 }, (_, row) => row + 1)
      )
    ).toBe('id-like')
  })

  it('does not take numbers with a comma for names of rows', () => {
    const commas = Array.from({ length: 30 }, (_, row) => `${row},5`)
    expect(role('a', commas)).toBe('comma-numbers')
    expect(role('a', ['1,5', '2,5', '1,5', '2,5'])).toBe('ordinary')
  })

  it.each(['id', 'customer_id', 'Customer ID', 'orderId'])('takes whole numbers called %s for keys', (name) => {
    expect(role(name, [3, 1, 2, 5, 4, 9, 7, 8, 6, 10])).toBe('id-like')
  })

  it('leaves the rest alone', () => {
    expect(role('a', ['x', 'y', 'z'])).toBe('ordinary')
    expect(role('a', [...names(40), ...names(40)])).toBe('ordinary')
    expect(
      role(
        'dose',
        Array.from({ length: 20 }, (_, row) => row + 1)
      )
    ).toBe('ordinary')
    expect(role('paid', [3, 1, 2, 5, 4, 9, 7, 8, 6, 10])).toBe('ordinary')
    expect(role('id', [3, 1, 2, 3, 1, 2, 3, 1, 2, 3])).toBe('ordinary')
  })
})
