import { describe, expect, it } from 'vitest'
import type { ColumnType } from '../../../shared/column-setting'
import type { ColumnView, PreparedView } from '../../../shared/views'
import { columnWith, datasetWith, setupWith } from '../state/testing'
import { columnRoles, noticesOf, pageOfColumns, usedColumns } from './columnEncoding'

const column = (name: string, type: ColumnType, missing = 0): ColumnView =>
  columnWith(name, { type, missing, distinct: 3 })
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
  inputShape: [6],
  embedded: [],
  classes: ['x', 'y', 'z'],
  outputs: ['x', 'y', 'z'],
  trainRows: 80,
  validationRows: 20,
  testRows: 0,
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

  it('knows dates, words, ranks and inputs for what is missing', () => {
    const parts = ['year', 'month sin', 'month cos'].map((part) => `when ${part}`)
    const features = ['size', 'size is missing', ...parts, 'note: red', 'note: wine', 'count', 'count is missing']
    const names = ['size', 'when', 'note', 'count']
    const roles = columnRoles(
      names.map((name) => column(name, name === 'when' ? 'date' : name === 'count' ? 'number' : 'category')),
      {
        ...setup,
        ignored: [],
        columns: [
          { name: 'size', encoding: 'ordinal', indicator: true },
          { name: 'note', encoding: 'words' },
          { name: 'count', scaling: 'log1p', missing: 'drop-row' }
        ]
      },
      { ...prepared, features }
    )
    expect(roles.map(({ inputs }) => inputs)).toEqual([2, 3, 2, 2])
    expect(roles.map(({ becomes }) => becomes)).toEqual([
      '2 inputs: its rank, standardised, one more where missing',
      '3 inputs: parts of the date',
      '2 inputs: one for each word',
      '2 inputs: its logarithm, standardised, rows without it left out'
    ])
  })

  it('tells the plan before anything is prepared', () => {
    const roles = columnRoles(columns, { ...setup, task: 'regression' }, null)
    expect(roles[0]?.becomes).toBe('one-hot')
    expect(roles[0]?.inputs).toBeNull()
    expect(roles[5]?.becomes).toBe('predicted, standardised for training')
  })

  it('knows every target, and what says how much a row counts', () => {
    const several = { ...setup, task: 'multi-label' as const, moreTargets: ['sex'], weight: 'bill' }
    const roles = columnRoles(columns, several, { ...prepared, features: ['island=A', 'year'] })
    expect(roles.map(({ role }) => role)).toEqual(['feature', 'weight', 'ignored', 'target', 'feature', 'target'])
    expect(roles[1]).toMatchObject({ inputs: 0, becomes: 'says how much each row counts, no feature' })
    expect(roles[3]).toMatchObject({ inputs: null, becomes: 'predicted: one of 2 classes' })
    expect(roles[4]?.inputs).toBe(1)
  })

  it('knows the past of targets among the inputs of windows, and what puts rows in order', () => {
    const window = { steps: 4, horizon: 2, time: 'year', series: 'island' }
    const series = { ...setup, target: 'bill', task: 'regression' as const, ignored: [], window }
    const features = ['bill', 'note=x', 'sex=f', 'sex=m', 'species=a']
    const roles = columnRoles(columns, series, { ...prepared, features })
    expect(roles.map(({ role }) => role)).toEqual(['series', 'target', 'feature', 'feature', 'time', 'feature'])
    expect(roles.map(({ inputs }) => inputs)).toEqual([0, 1, 1, 2, 0, 1])
    expect(roles[1]?.becomes).toBe('predicted, standardised for training, from its own past too')
    // What somebody says how to prepare is a feature besides.
    const said = { ...series, columns: [{ name: 'year', scaling: 'none' as const }] }
    const withYear = [...features.slice(0, 4), 'year', 'species=a']
    const both = columnRoles(columns, said, { ...prepared, features: withYear })
    expect(both.map(({ inputs }) => inputs)).toEqual([0, 1, 1, 2, 1, 1])
    expect(both[4]).toMatchObject({ role: 'feature', becomes: '1 input: as it is' })
    const last = { ...series, window: { ...window, horizon: 0 } }
    expect(columnRoles(columns, last, { ...prepared, features: features.slice(1) })[1]?.inputs).toBeNull()
  })

  it('takes groups of the split and numbers as they stand for what they are', () => {
    const grouped = { ...setup, split: { by: 'grouped', column: 'bill' } } as const
    expect(columnRoles(columns, grouped, null)[1]).toMatchObject({ role: 'group', inputs: 0 })
    expect(columnRoles(columns, { ...setup, prepare: false }, null)[4]?.becomes).toBe('as it stands in the file')
  })

  it('knows columns called like parts of an object', () => {
    const odd = [column('__proto__', 'number'), column('constructor', 'category'), column('species', 'category')]
    const roles = columnRoles(odd, { ...setup, ignored: [] }, { ...prepared, features: ['__proto__', 'constructor=a'] })
    expect(roles.map((one) => one.inputs)).toEqual([1, 1, null])
  })
})

describe('usedColumns', () => {
  it('counts columns that become inputs, and those that may while nothing is prepared', () => {
    expect(usedColumns(columnRoles(columns, setup, null))).toBe(4)
    // The year is left out.
    expect(usedColumns(columnRoles(columns, setup, prepared))).toBe(3)
  })

  it('counts a target that windows show as it was before, and no other', () => {
    const two = [column('year', 'number'), column('bill', 'number')]
    const window = { steps: 4, horizon: 1, time: 'year', series: null }
    const series = { ...setup, target: 'bill', task: 'regression' as const, ignored: [], window }
    const used = (horizon: number, features: readonly string[]) =>
      usedColumns(
        columnRoles(two, { ...series, window: { ...window, horizon } }, { ...prepared, features: [...features] })
      )
    expect(used(1, ['bill'])).toBe(1)
    expect(used(0, [])).toBe(0)
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
  it('says each notice once, warnings first', () => {
    const notice = { code: 'missing-values', severity: 'info', message: 'm', columns: [] } as const
    const other = { ...notice, message: 'n' }
    const late = { ...notice, code: 'rare-class', severity: 'warning' } as const
    const dataset = datasetWith({ notices: [notice] })
    const found = { ...notice, code: 'leak', message: 'too good' }
    const setupView = {
      setup,
      prepared: { ...prepared, notices: [notice, other, late] },
      findings: [found],
      associations: [],
      checking: false,
      error: null
    }
    expect(noticesOf(dataset, setupView)).toEqual([late, found, notice, other])
    expect(noticesOf(dataset, null)).toEqual([notice])
  })
})
