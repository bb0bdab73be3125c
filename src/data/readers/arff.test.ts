import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ReadAs } from '../../shared/read-as'
import { tableRows } from '../profile'
import { readTable } from '../read'
import type { Table } from '../table'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-arff-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function read(content: string, as: ReadAs = {}): Promise<Table> {
  const path = join(folder, 'a.arff')
  writeFileSync(path, content)
  return readTable(path, { as })
}

const rowsOf = (table: Table): (string | null)[][] => tableRows(table, 0, table.rows).map((row) => [...row])

const header = `% a comment
@RELATION 'a table'

@attribute a NUMERIC
@attribute 'b b' {y, 'x z', "it's", 1}
@Attribute c string
@attribute d date "yyyy-MM-dd'T'HH:mm:ss"
@attribute e integer
@DATA
`

describe('arff', () => {
  it('reads dense rows', async () => {
    const table = await read(
      `${header}1.5, y, 'a, \\'b\\'', 2020-01-02T03:04:05, 007\r\n% comment\n\n?,'x z',?,?,?\n-1e3\t,"it's", word,"1960-01-01T00:00:00",9007199254740993\n`
    )
    expect(table.format).toEqual({ kind: 'arff' })
    expect(table.columns.map(({ name, type }) => [name, type])).toEqual([
      ['a', 'number'],
      ['b b', 'category'],
      ['c', 'category'],
      ['d', 'number'],
      ['e', 'number']
    ])
    expect(rowsOf(table)).toEqual([
      ['1.5', 'y', "a, 'b'", '2020-01-02T03:04:05Z', '7'],
      [null, 'x z', null, null, null],
      ['-1000', "it's", 'word', '1960-01-01T00:00:00Z', '9007199254740992']
    ])
    expect(table.columns[4]?.facts?.inexact).toBe(1)
    expect(table.columns[1]).toMatchObject({ categories: ["it's", 'x z', 'y'] })
  })

  it('reads sparse rows: what is not named is 0, or the first of the values', async () => {
    expect(rowsOf(await read(`${header}{0 2, 1 'x z', 4 ?}\n{}\n`))).toEqual([
      ['2', 'x z', null, null, null],
      ['0', 'y', null, null, '0']
    ])
  })

  it.each([
    [11, `${header}\n1,y,a,?\n`, 'has 4 values where there are 5 attributes'],
    [10, `${header}1,z,a,?,1\n`, 'has "z" for "b b"'],
    [10, `${header}x,y,a,?,1\n`, 'has "x" for "a", which is no number'],
    [10, `${header}1,y,a,2020-02-30,1\n`, 'has "2020-02-30" for "d"'],
    [10, `${header}1,y,'a,?,1\n`, 'never closed'],
    [10, `${header}{9 1}\n`, 'names the attribute 9'],
    [10, `${header}{1 y, 0 1}\n`, 'has attribute 0 after attribute 1'],
    [10, `${header}{0 1\n`, 'does not end with }'],
    [2, '@relation a\n@attribute b float\n', 'has the type "float"'],
    [2, '@relation a\n@attribute b {x, y\n', 'does not end with }'],
    [2, '@relation a\n@attribute b date "dd.MM.yyyy"\n', 'has dates written as "dd.MM.yyyy"'],
    [2, '@relation a\n1,2\n', 'where @attribute or @data was expected'],
    [2, '@relation a\n@data\n1\n', 'no @attribute']
  ])('says what is wrong in line %i', async (line, text, what) => {
    const error: unknown = await read(text).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'bad-row', details: { line } })
    expect(error).toMatchObject({ message: expect.stringContaining(what) as string })
  })

  it('says that rows or @data are missing', async () => {
    await expect(read(header)).rejects.toMatchObject({ code: 'no-rows' })
    await expect(read('@relation a\n@attribute b numeric\n')).rejects.toMatchObject({ code: 'bad-row' })
  })

  it('leaves out bad rows when told to', async () => {
    const table = await read(`${header}1,y,a,?,1\n1,z,a,?,1\n2,y,a,?,1\n`, { badRows: 'skip' })
    expect(rowsOf(table).map(([a]) => a)).toEqual(['1', '2'])
    expect(table.skipped).toMatchObject({ count: 1, rows: [{ line: 11 }] })
  })

  it('gives back any texts and numbers', async () => {
    const quoted = (text: string): string =>
      `'${text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}'`
    const text = fc.string({ unit: 'grapheme-ascii' }).map((each) => `_${each}`)
    const rows = fc.array(fc.tuple(text, fc.double({ noNaN: true, noDefaultInfinity: true })), { minLength: 1 })
    await fc.assert(
      fc.asyncProperty(rows, async (cells) => {
        const lines = cells.map(([word, number]) => `${quoted(word)},${number}`)
        const table = await read(
          `@relation r\n@attribute __proto__ string\n@attribute n real\n@data\n${lines.join('\n')}`
        )
        expect(rowsOf(table).map(([word]) => word)).toEqual(cells.map(([word]) => word))
        const [, n] = table.columns
        expect(n?.type === 'number' && [...n.values]).toEqual(cells.map(([, number]) => number))
      }),
      { numRuns: 100 }
    )
  })
})
