import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Cancelled, DataFormatError } from '../shared/errors'
import { readAsSchema, type ReadAs } from '../shared/read-as'
import { tableRows } from './profile'
import { readTable } from './read'
import type { ReadProgress } from './readers/reader'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-read-as-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(content: string | Uint8Array): string {
  const path = join(folder, 'table.csv')
  writeFileSync(path, content)
  return path
}

async function errorOf(content: string | Uint8Array, as: ReadAs): Promise<DataFormatError> {
  const error: unknown = await readTable(file(content), { as }).catch((thrown: unknown) => thrown)
  if (error instanceof DataFormatError) return error
  throw new Error(`expected a DataFormatError, got ${String(error)}`)
}

async function read(content: string | Uint8Array, as?: ReadAs) {
  const table = await readTable(file(content), { as })
  return {
    table,
    names: table.columns.map(({ name }) => name),
    rows: tableRows(table, 0, table.rows),
    codes: table.notices.map(({ code }) => code)
  }
}

describe('a file as a person says it is', () => {
  it('tells what was detected', async () => {
    const { table } = await read('\uFEFFa;b\n1;x\n')
    expect(table.format).toEqual({ kind: 'delimited', delimiter: ';', encoding: 'utf-8', header: true })
    expect(table.skipped).toEqual({ count: 0, rows: [] })
    expect(table.readAs).toBeUndefined()
  })

  it('has the delimiter that is said, whatever it is', async () => {
    const said = await read('a,b;c\n1,x;3\n', { delimiter: ';' })
    expect([said.names, said.rows]).toEqual([['a,b', 'c'], [['1,x', '3']]])
    expect(said.table.readAs).toEqual({ delimiter: ';' })
    const odd = await read('a§b\n1§2\n', { delimiter: '§' })
    expect([odd.names, odd.rows]).toEqual([['a', 'b'], [['1', '2']]])
    expect((await read('a,b\n1,2\n', { delimiter: '|' })).names).toEqual(['a,b'])
  })

  it('has the encoding that is said', async () => {
    const latin = Buffer.from('größe,b\n1,2\n', 'latin1')
    expect((await read(latin, { encoding: 'windows-1252' })).codes).toEqual([])
    const euro = Buffer.from([0x80, 0x2c, 0x62, 0x0a, 0x93, 0x2c, 0x31, 0x0a])
    expect(await read(euro)).toMatchObject({ names: ['€', 'b'], rows: [['“', '1']], codes: ['not-utf-8'] })
    expect((await read(Buffer.from('größe,b\n1,2\n'), { encoding: 'windows-1252' })).names[0]).toBe('grÃ¶ÃŸe')
    // Without a byte order mark nobody could tell.
    const utf16 = await read(Buffer.from('größe,b\n1,2\n', 'utf16le'), { encoding: 'utf-16le' })
    expect([utf16.names, utf16.rows]).toEqual([['größe', 'b'], [['1', '2']]])
    const swapped = await read(Buffer.from('größe,b\n1,2\n', 'utf16le').swap16(), { encoding: 'utf-16be' })
    expect(swapped.names).toEqual(['größe', 'b'])
    expect((await errorOf(latin, { encoding: 'utf-8' })).code).toBe('wrong-encoding')
  })

  it('has a header or none, as is said', async () => {
    const none = await read('x,y\n1,2\n', { header: false })
    expect([none.names, none.rows, none.codes]).toEqual([
      ['column1', 'column2'],
      [
        ['x', 'y'],
        ['1', '2']
      ],
      []
    ])
    const years = await read('2019,2020\n1,2\n', { header: true })
    expect([years.names, years.rows]).toEqual([['2019', '2020'], [['1', '2']]])
  })

  it('has the missing values that are said', async () => {
    const text = 'a,b\nNone,-999\nx,1\n,2\nx,NA\n'
    const { table, rows } = await read(text, { missingWords: ['-999', 'na'] })
    expect(rows.map(([a, b]) => [a, b])).toEqual([
      ['None', null],
      ['x', '1'],
      [null, '2'],
      ['x', null]
    ])
    expect(table.columns[1]?.facts?.missingWords).toEqual([
      { text: '-999', cells: 1 },
      { text: 'NA', cells: 1 }
    ])
    expect((await read(text, { missingWords: [] })).rows[0]).toEqual(['None', '-999'])
  })

  it('stops at the first bad row and says how to go on, unless such rows are to be skipped', async () => {
    const text = 'a,b\n1,2\n3\n4,5,6\n"7"x,8\n9,10,\n"11,12\n13,14\n'
    const error = await errorOf(text, {})
    expect(error).toMatchObject({ code: 'bad-row', details: { line: 3 } })
    expect(error.message).toMatch(/line 3 has 1 value where the first line has 2\..*skipped .*--bad-rows skip/)
    const { table, rows, codes } = await read(text, { badRows: 'skip' })
    expect(rows).toEqual([
      ['1', '2'],
      ['9', '10'],
      ['13', '14']
    ])
    expect(table.skipped).toEqual({
      count: 4,
      rows: [
        { line: 3, reason: 'has 1 value where the first line has 2' },
        { line: 4, reason: 'has 3 values where the first line has 2' },
        { line: 5, reason: 'has text after a closing quote; write a quote inside a quoted value twice ("")' },
        { line: 7, reason: 'begins a quoted value that is never closed' }
      ]
    })
    expect(codes).toContain('skipped-rows')
    const notice = table.notices.find(({ code }) => code === 'skipped-rows')
    expect(notice?.message).toMatch(/^4 rows could not be read: line 3 has 1 value .*They are left out\.$/)
  })

  it('lists a thousand skipped rows and counts them all, also where a column is read twice', async () => {
    // Text that turns up late makes the column be read again.
    const good = Array.from({ length: 200_000 }, (_, row) => `${row},${row === 199_999 ? 'late' : row}`)
    const { table, rows } = await read(['a,b', ...good, ...Array.from({ length: 1200 }, () => 'x')].join('\n'), {
      badRows: 'skip'
    })
    expect(table.skipped.count).toBe(1200)
    expect(table.skipped.rows).toHaveLength(1000)
    expect(table.skipped.rows[999]?.line).toBe(201_001)
    expect([table.rows, rows[0], rows.at(-1)]).toEqual([200_000, ['0', '0'], ['199999', 'late']])
  })

  it('does not skip the line that names the columns, nor pass over a file without any row', async () => {
    expect((await errorOf('"a"x,b\n1,2\n', { badRows: 'skip' })).details['line']).toBe(1)
    const error = await errorOf('a,b\n1\n2\n', { badRows: 'skip' })
    expect(error.code).toBe('no-rows')
    expect(error.message).toContain('2 rows could not be read: line 2 has 1 value')
  })

  it('reads dates, and writes them as ISO 8601 has them', async () => {
    const { table, rows } = await read('day;seen\n31.12.2023;2024-01-01 10:30\nNA;2024-01-02 00:00:01.5\n')
    expect(table.columns.map((column) => column.type === 'number' && column.time)).toEqual(['date', 'datetime'])
    expect(rows).toEqual([
      ['2023-12-31', '2024-01-01T10:30:00Z'],
      [null, '2024-01-02T00:00:01.500Z']
    ])
  })

  it('tells how far it is, and hears a cancel at any moment', async () => {
    const lines = Array.from({ length: 300_000 }, (_, row) => `${row},name ${row},2024-01-${10 + (row % 20)},0.${row}`)
    const path = file(`a,b,c,d\n${lines.join('\n')}\n`)
    const steps: ReadProgress[] = []
    const started = performance.now()
    await readTable(path, { onProgress: (progress) => steps.push(progress) })
    const seconds = (performance.now() - started) / 1000
    expect(steps.length).toBeGreaterThan(5)
    expect(steps.map(({ bytes }) => bytes)).toEqual(steps.map(({ bytes }) => bytes).toSorted((a, b) => a - b))
    expect(steps.at(-1)).toEqual({ bytes: steps[0]?.totalBytes, totalBytes: steps[0]?.totalBytes, rows: 300_000 })
    for (const share of [0.2, 0.5, 0.8]) {
      const controller = new AbortController()
      const delay = share * seconds * 1000
      const planned = performance.now() + delay
      setTimeout(() => controller.abort(), delay)
      await readTable(path, { signal: controller.signal }).catch((thrown: unknown) => {
        if (!(thrown instanceof Cancelled)) throw thrown
        // People are promised 200 ms; other tests run at the same time.
        expect(performance.now() - planned).toBeLessThan(1000)
      })
    }
  }, 30_000)

  it.each([
    [{ delimiter: '' }, false],
    [{ delimiter: ',,' }, false],
    [{ delimiter: '"' }, false],
    [{ delimiter: '\n' }, false],
    [{ delimiter: '\uD800' }, false],
    [{ delimiter: '😀' }, true],
    [{ delimiter: '\t' }, true],
    [{ encoding: 'utf-32' }, false],
    [{ badRows: 'guess' }, false],
    [{ unknown: 1 }, false],
    [{ missingWords: ['NA', ''] }, true]
  ])('%j can be said: %s', (as, right) => {
    expect(v.safeParse(readAsSchema, as).success).toBe(right)
  })
})
