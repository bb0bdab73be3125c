import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tableRows } from '../profile'
import { readTable } from '../read'
import type { Table } from '../table'
import { parquetFile } from './testing'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-parquet-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A Parquet file as DuckDB writes it. */
async function written(select: string, options = '', name = 'a.parquet'): Promise<string> {
  const path = join(folder, name)
  await parquetFile(path, select, options)
  return path
}

const rowsOf = (table: Table): (string | null)[][] => tableRows(table, 0, table.rows).map((row) => [...row])

describe('parquet', () => {
  it('reads every type', async () => {
    const path =
      await written(`SELECT 1::TINYINT AS a, 9007199254740993::BIGINT AS b, 170141183460469231731687303715884105727::HUGEINT AS h,
      1.25::DECIMAL(30, 2) AS d, true AS t, DATE '2020-01-02' AS day, TIMESTAMP '2020-01-02 03:04:05.678901' AS ts,
      'infinity'::TIMESTAMP AS inf, TIMESTAMPTZ '2020-01-02 03:04:05+01' AS tz, TIME '01:02:03' AS tm, {'x': 1, 'y': {'z': [1]}} AS "s'",
      [1, NULL] AS l, MAP {'k': 1} AS m, 'text'::BLOB AS old, '\\xFF'::BLOB AS bin, 'x'::ENUM('x', 'y') AS e, NULL::INTEGER AS n, 'NaN'::FLOAT AS f`)
    const table = await readTable(path)
    expect(table.columns.map(({ name }) => name).join(' ')).toBe("a b h d t day ts inf tz tm s'.x s'.y l m old e n f")
    expect(rowsOf(table)[0]).toEqual([
      '1',
      '9007199254740992',
      '1.7014118346046923e+38',
      '1.25',
      'true',
      '2020-01-02',
      '2020-01-02T03:04:05.678901Z',
      null,
      '2020-01-02T02:04:05Z',
      '01:02:03',
      '1',
      '{"z":[1]}',
      '[1,null]',
      '{"k":1}',
      'text',
      'x',
      null,
      null
    ])
    expect(table.columns.map(({ facts }) => facts?.inexact).slice(0, 2)).toEqual([0, 1])
    expect(table.notices.map(({ code }) => code)).toEqual(expect.arrayContaining(['nested-values', 'binary-columns']))
  })

  it('gives back any numbers and texts', async () => {
    const rows = fc.array(fc.tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.option(fc.string())), {
      minLength: 1,
      maxLength: 30
    })
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom('snappy', 'zstd', 'gzip', 'lz4', 'uncompressed'), async (cells, codec) => {
        const quoted = (text: string | null): string =>
          text === null ? 'NULL' : `decode(from_hex('${Buffer.from(`_${text}`).toString('hex')}'))`
        const values = cells.map(([number, text], row) => `(${row}, '${number}'::DOUBLE, ${quoted(text)})`)
        const path = await written(
          `SELECT n, t FROM (VALUES ${values.join(', ')}) AS v(i, n, t) ORDER BY i`,
          `, CODEC '${codec}'`
        )
        const table = await readTable(path)
        expect(rowsOf(table).map(([, text]) => text)).toEqual(
          cells.map(([, text]) => (text === null ? null : `_${text}`))
        )
        const [n] = table.columns
        expect(n?.type === 'number' && [...n.values]).toEqual(cells.map(([number]) => number))
      }),
      { numRuns: 20 }
    )
  })

  it('reads more rows than one stretch, in their order', async () => {
    const table = await readTable(
      await written('SELECT range AS i, 5 AS c FROM range(300000)', ', ROW_GROUP_SIZE 10000')
    )
    const [i] = table.columns
    expect(i?.type === 'number' && i.values.every((value, row) => value === row)).toBe(true)
  })

  it('opens no other file, whatever the name says', async () => {
    await written('SELECT 1 AS wrong', '', 'a1.parquet')
    writeFileSync(join(folder, 'a[1].parquet'), readFileSync(await written('SELECT 2 AS "right"', '', 'other.parquet')))
    expect((await readTable(join(folder, 'a[1].parquet'))).columns[0]?.name).toBe('right')
  })
})
