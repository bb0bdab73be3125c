import { describe, expect, it } from 'vitest'
import type { ColumnView, PreparedView } from '../../../shared/views'
import { setupWith } from '../state/testing'
import { columnRoles, noticesOf, pageOfColumns } from './columnEncoding'

const column = (name: string, type: 'number' | 'category', missing = 0): ColumnView => ({
  name,
  type,
  missing,
  distinct: 3,
  integers: false,
  min: null,
  max: null,
  mean: null,
  histogram: [],
  top: []
})
const columns = [
  column('island', 'category'),
  column('bill', 'number', 2),
  column('note', 'category'),
  column('sex', 'category', 4),
  column('year', 'number'),
  column('species', 'category')
]
const setup = setupWith({
  target: 'species',
  task: 'multi-class',
  loss: 'cross-entropy',
  ignored: ['note'],
  layers: []
})
const prepared: PreparedView = {
  features: ['island=A', 'island=B', 'island=C', 'bill', 'sex=f', 'sex=m'],
  classes: ['x', 'y', 'z'],
  trainRows: 80,
  validationRows: 20,
  classCounts: [30, 30, 20],
  notices: []
}

describe('columnRoles', () => {
  it('counts the inputs each column became', () => {
    const roles = columnRoles(columns, setup, prepared)
    expect(roles.map((one) => one.role)).toEqual(['feature', 'feature', 'ignored', 'feature', 'feature', 'target'])
    expect(roles.map((one) => one.inputs)).toEqual([3, 1, 0, 2, 0, null])
    expect(roles.map((one) => one.becomes)).toEqual([
      '3 inputs: one-hot',
      '1 input: standardised, gaps filled with the training median',
      'not used',
      '2 inputs: one-hot, gaps filled with the training mode',
      'left out: see the notices',
      'predicted: one of 3 classes'
    ])
  })

  it('tells the plan before anything is prepared', () => {
    const roles = columnRoles(columns, { ...setup, task: 'regression' }, null)
    expect(roles[0]?.becomes).toBe('one-hot')
    expect(roles[0]?.inputs).toBeNull()
    expect(roles[5]?.becomes).toBe('predicted, standardised for training')
  })

  it('knows columns called like parts of an object', () => {
    const odd = [column('__proto__', 'number'), column('constructor', 'category'), column('species', 'category')]
    const roles = columnRoles(odd, { ...setup, ignored: [] }, { ...prepared, features: ['__proto__', 'constructor=a'] })
    expect(roles.map((one) => one.inputs)).toEqual([1, 1, null])
  })
})

describe('pageOfColumns', () => {
  const many = Array.from({ length: 130 }, (_, index) => ({ name: `Column${index}` }))

  it('pages and clamps', () => {
    const last = pageOfColumns(many, '', 9, 60)
    expect([last.from, last.items.length, last.pages, last.page]).toEqual([120, 10, 3, 2])
  })

  it('searches without minding case', () => {
    const found = pageOfColumns(many, ' column12', 0, 60)
    expect(found.matching).toBe(11)
    expect(pageOfColumns(many, 'nothing', 0, 60)).toEqual({ items: [], from: 0, matching: 0, pages: 1, page: 0 })
  })
})

describe('noticesOf', () => {
  it('says each notice once', () => {
    const notice = { code: 'missing-values', severity: 'info', message: 'm', columns: [] } as const
    const other = { ...notice, message: 'n' }
    const dataset = { fileName: 'f.csv', rows: 3, columns: [], notices: [notice] }
    expect(noticesOf(dataset, { ...prepared, notices: [notice, other] })).toEqual([notice, other])
    expect(noticesOf(dataset, null)).toEqual([notice])
  })
})
