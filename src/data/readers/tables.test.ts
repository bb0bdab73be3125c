/** Files that other programs wrote (`scripts/tables.py`). */
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { tableRows } from '../profile'
import { readTable } from '../read'

const file = (name: string): string => fileURLToPath(new URL(`../../../tests/tables/${name}`, import.meta.url))

/** A column of a table as cells of text. */
async function cellsOf(name: string): Promise<Map<string, (string | null)[]>> {
  const table = await readTable(file(name))
  const rows = tableRows(table, 0, table.rows)
  return new Map(table.columns.map((column, index) => [column.name, rows.map((row) => row[index] ?? null)]))
}

const moments = ['2020-01-02T03:04:05.678901Z', null]
const types = new Map([
  ['i', ['1', null, '9007199254740992']],
  ['f', ['0.5', null, null]],
  ['h', ['1.5', '2', '65504']],
  ['b', ['true', 'false', null]],
  ['s', ['é', 'x', null]],
  ['ls', ['é', 'xx', null]],
  ['d', ['p', 'q', 'p']],
  ['day', ['2020-01-02', null, '1960-05-06']],
  ['ts', [...moments, '1960-01-01T00:00:00Z']],
  ['tsn', [...moments, '1970-01-01T00:00:00Z']],
  ['dec', ['1.25', null, '-0.05']],
  ['t', ['01:02:03', null, '04:05:06.000789']],
  ['nul', [null, null, null]],
  ['st.x', ['1', null, '3']],
  ['st.y', ['{"z":1}', null, null]],
  ['li', ['[1,2]', '[]', null]],
  ['a', ['1', '2', '3']],
  ['A', ['4', '5', '6']],
  ['__proto__', ['7', '8', '9']]
])

describe('tables of pyarrow', () => {
  it.each([
    'types-lz4.feather',
    'types-zstd.feather',
    'types-uncompressed.feather',
    'types.arrows',
    'types-snappy.parquet',
    'types-brotli.parquet'
  ])('%s', async (name) => {
    const { columns, format, notices } = await readTable(file(name))
    expect(await cellsOf(name)).toEqual(types)
    expect(format.kind).toBe(name.endsWith('.parquet') ? 'parquet' : 'arrow')
    expect(columns.find((column) => column.name === 'i')?.facts?.inexact).toBe(1)
    expect(columns.flatMap((column) => (column.type === 'number' && column.time ? [column.name] : []))).toEqual([
      'day',
      'ts',
      'tsn'
    ])
    const codes = notices.map(({ code }) => code)
    expect(codes).toContain('nested-values')
    expect(notices.find(({ code }) => code === 'binary-columns')?.message).toContain('"bin"')
  })

  it('reads times in 96 bits', async () => {
    expect((await cellsOf('int96.parquet')).get('ts')).toEqual([...moments, '1960-01-01T00:00:00Z'])
  })
})

describe('workbooks of openpyxl', () => {
  it('reads the first sheet with cells', async () => {
    const table = await readTable(file('types.xlsx'))
    expect(table.format).toEqual({ kind: 'excel', sheet: 'Data', sheets: ['Empty', 'Data', 'Second'] })
    expect(await cellsOf('types.xlsx')).toEqual(
      new Map([
        ['name', ['Ann', 'Bob', null]],
        ['born', ['2020-01-02T00:00:00Z', '2021-01-02T03:04:05Z', null]],
        ['x', ['1.5', null, '3']],
        ['ok', ['true', 'false', 'true']],
        ['err', [null, null, '2']],
        ['number as text', ['5', '6', '7']],
        ['__proto__', ['1', '2', '3']]
      ])
    )
    const notice = (code: string) => table.notices.find((each) => each.code === code)?.message
    expect(notice('error-cells')).toMatch(/^2 cells hold an error .*first E2/)
    expect(notice('formulas-without-value')).toMatch(/^1 formula was saved without a value/)
    expect(notice('merged-cells')).toBeDefined()
  })

  it('reads the sheet that was chosen', async () => {
    const { columns, format } = await readTable(file('types.xlsx'), { as: { sheet: 'Second' } })
    expect(format).toMatchObject({ sheet: 'Second' })
    expect(columns).toMatchObject([{ name: 'a', type: 'category', categories: ['13:45:00'] }])
    await expect(readTable(file('types.xlsx'), { as: { sheet: 'Third' } })).rejects.toMatchObject({
      code: 'missing-sheet'
    })
    await expect(readTable(file('types.xlsx'), { as: { sheet: 'Empty' } })).rejects.toMatchObject({ code: 'no-rows' })
  })
})
