import { describe, expect, it } from 'vitest'
import { prepare } from './prepare'
import { predictionNotices } from './prediction-notices'
import { suggestSetup } from './suggest'
import type { Table } from './table'
import { column, table } from './testing'

const rows = Array.from({ length: 20 }, (_, row) => row)
const trained = table([
  column('size', rows),
  column(
    'island',
    rows.map((row) => ['a', 'b'][row % 2] ?? '')
  ),
  column(
    'note',
    rows.map(String).map((text) => `n ${text}`)
  ),
  column(
    'kind',
    rows.map((row) => ['x', 'y'][row % 2] ?? '')
  )
])
const { preparation } = prepare(trained, suggestSetup(trained, 'kind'))

function told(data: Table): [string, readonly string[]][] {
  return predictionNotices(preparation, data).map(({ code, columns }) => [code, columns])
}

describe('predictionNotices', () => {
  it('says nothing of columns that are no features, nor of what only training minds', () => {
    const other = table([
      column('size', [1, 1]),
      column('island', ['a', 'a']),
      column('note', [null, null]),
      column('kind', [null, 'z']),
      column('extra', [1e39, 16777217])
    ])
    const notices = [{ code: 'constant-column', severity: 'warning' as const, message: 'm', columns: ['size'] }]
    expect(told({ ...other, notices })).toEqual([])
  })

  it('counts cells with categories that were never trained on, by column', () => {
    const other = table([column('size', [1, 2, 3, 4]), column('island', ['zoo', 'a', null, 'yak'])])
    const [missing, unseen] = predictionNotices(preparation, other)
    expect(missing).toMatchObject({ code: 'missing-values', columns: ['island'] })
    expect(missing?.message).toBe('Missing values are filled as in training: "island" (1, with "a").')
    expect(unseen).toEqual({
      code: 'unseen-category',
      severity: 'warning',
      message:
        'Categories that were never trained on count as none of the known ones: "island" (2 cells, such as "zoo", "yak").',
      columns: ['island']
    })
    expect(told(table([column('size', [1, 2]), column('island', [7, null])]))).toEqual([
      ['missing-values', ['island']],
      ['unseen-category', ['island']]
    ])
  })

  it('says which numbers are rounded or taken for missing', () => {
    const other = table([column('size', [16777217, 1e39, null]), column('island', ['a', 'b', 'a'])])
    const notices = predictionNotices(preparation, other)
    expect(notices.map(({ code }) => code)).toEqual(['non-finite-values', 'rounded-values', 'missing-values'])
    expect(notices[0]?.message).toBe('1 too large number in "size" for float32 (±3.4e38): treated as missing.')
    expect(notices[1]?.message).toMatch(/: rounded\.$/)
    expect(notices[2]?.message).toMatch(/"size" \(2, with /)
  })

  it('passes on how the file was read where it concerns a feature', () => {
    const other = table(
      [column('size', [1, 2]), column('island', ['a', 'b']), column('island_2', ['a', 'b'])],
      ['island']
    )
    const warn = (code: string, columns: string[]) => ({ code, severity: 'warning' as const, message: 'm', columns })
    const notices = [
      warn('duplicate-header', ['island_2']),
      warn('not-utf-8', []),
      warn('blank-header', ['column9']),
      warn('missing-values', ['size'])
    ]
    expect(told({ ...other, notices })).toEqual([
      ['duplicate-header', ['island_2']],
      ['not-utf-8', []]
    ])
    expect(told({ ...other, notices: [warn('duplicate-header', ['other_2'])], duplicateNames: ['other'] })).toEqual([])
  })
})
