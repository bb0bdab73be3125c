import { describe, expect, it } from 'vitest'
import { prepare } from '../prepare'
import { suggestSetup } from '../suggest'
import { column, table } from '../testing'
import { codeOf } from '../testing-setup'
import { splitTable } from '.'

const cells = ['train', 'val', 'test', null, 'train', 'dev', 'val', 'other']
const all = Int32Array.from(cells.keys())
const data = table([
  column('part', cells),
  column('day', [1, 1, 2, 2, 3, 3, 1, 4]),
  column('x', [1, 2, 3, 4, 5, 6, 7, 8]),
  column('y', [3, 1, 4, 1, 5, 9, 2, 6])
])
const shares = { validation: 0.5, test: 0.4 }

function split(name: string | null, validation: readonly string[], test: readonly string[], rows = all) {
  const setting = { by: 'fixed' as const, column: name, validation: [...validation], test: [...test] }
  const parts = splitTable(data, setting, rows, null, shares, 1)
  return [[...parts.trainRows], [...parts.validationRows], [...parts.testRows]]
}

describe('fixed parts', () => {
  it('are the rows that have the values; all others are trained on, and the shares are not looked at', () => {
    expect(split('part', ['val', 'dev'], ['test'])).toEqual([[0, 3, 4, 7], [1, 5, 6], [2]])
    expect(split('part', [], ['test'])).toEqual([[0, 1, 3, 4, 5, 6, 7], [], [2]])
    expect(split('part', [], [])).toEqual([[...all], [], []])
  })

  it('are told by numbers, as they are written', () => {
    expect(split('day', ['2'], ['4', '3'])).toEqual([
      [0, 1, 6],
      [2, 3],
      [4, 5, 7]
    ])
  })

  it('hold only rows that can be used', () => {
    expect(split('part', ['val'], ['test'], Int32Array.of(0, 1, 2))).toEqual([[0], [1], [2]])
  })

  it('refuse what cannot be', () => {
    expect([
      codeOf(() => split(null, ['val'], [])),
      codeOf(() => split('gone', ['val'], [])),
      codeOf(() => split('part', ['val'], ['test', 'val'])),
      codeOf(() => split('part', ['Val'], [])),
      codeOf(() => split('part', ['val'], ['test'], Int32Array.of(0, 1))),
      codeOf(() => split('part', ['val'], [], Int32Array.of(0, 2))),
      codeOf(() => split('part', ['val'], ['test'], Int32Array.of(1, 2)))
    ]).toEqual([
      'invalid-split',
      'unknown-column',
      'invalid-split',
      'unknown-value',
      'too-few-rows',
      'too-few-rows',
      'too-few-rows'
    ])
    expect(() => split('part', ['Val'], [])).toThrow(
      /no row has "Val" in "part".*"dev", "other", "test", "train", "val"/
    )
  })

  it('take their column out of the features, and say that the shares are not used', () => {
    const setup = { ...suggestSetup(data, 'y'), ignored: [], validation: 0.3, test: 0 }
    const fixed = { by: 'fixed' as const, column: 'part', validation: ['val'], test: ['test'] }
    const { preparation, notices, trainRows, validationRows } = prepare(data, { ...setup, split: fixed })
    expect(preparation.features.map(({ name }) => name)).toEqual(['day', 'x'])
    expect([[...trainRows], [...validationRows]]).toEqual([
      [0, 3, 4, 5, 7],
      [1, 6]
    ])
    const notice = notices.find(({ code }) => code === 'fixed-split')
    expect(notice?.message).toContain('for validation where it is "val", for the test where it is "test"')
    expect(notice?.message).toContain('The shares are not used')
    expect(codeOf(() => prepare(data, { ...setup, split: { ...fixed, column: 'y' } }))).toBe('invalid-split')
  })
})
