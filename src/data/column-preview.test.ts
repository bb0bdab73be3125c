import { describe, expect, it } from 'vitest'
import { columnPreview } from './column-preview'
import { prepare } from './prepare'
import { column, table } from './testing'
import { setupFor } from './testing-setup'

const data = table([
  column('size', [10, 20, 30, 40, 50, 60, 70, null, 90, 100, 110, 120]),
  column('island', ['b', 'a', 'b', 'b', 'a', 'b', 'c', 'b', 'a', 'b', 'a', 'b']),
  column('note', ['x', 'y', 'x', 'y', 'x', 'y', 'x', 'y', 'x', 'y', 'x', 'y']),
  column('y', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
])
const setup = setupFor(data, 'y', { validation: 0, ignored: ['note'], task: 'regression', loss: 'squared' })

describe('columnPreview', () => {
  it('shows numbers from the least to the largest and a gap, each with what it becomes', () => {
    const prepared = prepare(data, { ...setup, columns: [{ name: 'size', scaling: 'min-max', indicator: true }] })
    const view = columnPreview(data, prepared, 'size')
    expect(view.inputs).toEqual(['size', 'size is missing'])
    expect(view.trainRows).toBe(12)
    expect(view.rule).toBe('(x − 10) / 110; missing: 60; 1 more where missing')
    expect(view.cells.map(({ raw }) => raw)).toEqual(['10', '40', '90', '120', null])
    expect(view.cells.map(({ inputs }) => inputs[0]?.[1])).toEqual([0, 30 / 110, 80 / 110, 1, 50 / 110])
    expect(view.cells.map(({ inputs }) => inputs[1]?.[1])).toEqual([0, 0, 0, 0, 1])
    expect(view.cells.at(-1)?.row).toBe(8)
  })

  it('shows different categories, the most frequent first', () => {
    const view = columnPreview(data, prepare(data, setup), 'island')
    expect(view.cells.map(({ raw }) => raw)).toEqual(['b', 'a', 'c'])
    expect(view.cells[0]?.inputs).toEqual([
      ['island=a', 0],
      ['island=b', 1],
      ['island=c', 0]
    ])
  })

  it('shows what the target is trained as, and nothing for what is left out', () => {
    const prepared = prepare(data, setup)
    const target = columnPreview(data, prepared, 'y')
    const { preparation } = prepared
    if (preparation.target.task !== 'regression') throw new Error('a regression')
    const [value] = preparation.target.values
    const { mean = NaN, scale = NaN } = value ?? {}
    expect(target.cells.map(({ inputs }) => inputs[0]?.[1])).toEqual([1, 4, 7, 9, 12].map((y) => (y - mean) / scale))
    expect(columnPreview(data, prepared, 'note')).toMatchObject({
      inputs: [],
      rule: null,
      cells: [{ raw: 'x' }, { raw: 'y' }]
    })
  })

  it('shows cells of training rows alone', () => {
    const prepared = prepare(data, { ...setup, validation: 0.4 })
    const rows = columnPreview(data, prepared, 'size').cells.map(({ row }) => row - 1)
    expect(rows.every((row) => prepared.trainRows.includes(row))).toBe(true)
  })

  it('shows the past of what windows predict as the feature that it is', () => {
    const data = table([column('y', [1, 2, 3, 4, 5, 6, 7, 8, null, 10])])
    const window = { steps: 2, horizon: 1, time: null, series: null }
    const setup = setupFor(data, 'y', { window, task: 'regression', loss: 'squared' })
    const { inputs, rule, cells } = columnPreview(data, prepare(data, setup), 'y')
    expect([inputs, cells.length > 0]).toEqual([['y'], true])
    expect(rule).toContain('missing')
  })

  it('tells of many inputs only those that are not 0', () => {
    const names = Array.from({ length: 40 }, (_, row) => `name ${row % 20}`)
    const wide = table([
      column('name', names),
      column(
        'y',
        names.map((_, row) => row)
      )
    ])
    const prepared = prepare(wide, setupFor(wide, 'y', { validation: 0, task: 'regression', loss: 'squared' }))
    const view = columnPreview(wide, prepared, 'name')
    expect(view.inputs).toHaveLength(20)
    expect(view.cells.map(({ raw, inputs }) => [`name=${raw}`, inputs])).toEqual(
      view.cells.map(({ raw }) => [`name=${raw}`, [[`name=${raw}`, 1]]])
    )
  })
})
