import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { zipFile } from '../../../tests/bad-input'
import { tableRows } from '../profile'
import { readTable } from '../read'
import type { Table } from '../table'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-excel-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const plainStyles = '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'

interface Workbook {
  /** XML of rows. */
  readonly rows: string
  readonly settings?: string
  readonly before?: string
  /** How the sheet is encoded. */
  readonly encode?: (text: string) => Buffer
}

/** A workbook of one sheet; style 1 is a date. */
async function read({ rows, settings = '', before = '', encode = Buffer.from }: Workbook): Promise<Table> {
  const relations = '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>'
  const workbook = `<workbook xmlns:r="r">${settings}<sheets><sheet name="A" sheetId="7" r:id="rId1"/></sheets></workbook>`
  const sheet = `${before}<worksheet><sheetData>${rows}</sheetData></worksheet>`
  const path = join(folder, 'a.xlsx')
  writeFileSync(
    path,
    await zipFile([
      ['[Content_Types].xml', Buffer.from('<Types/>')],
      ['xl/workbook.xml', Buffer.from(workbook)],
      ['xl/_rels/workbook.xml.rels', Buffer.from(relations)],
      ['xl/styles.xml', Buffer.from(plainStyles)],
      ['xl/worksheets/sheet1.xml', encode(sheet)]
    ])
  )
  return readTable(path)
}

const rowsOf = (table: Table): (string | null)[][] => tableRows(table, 0, table.rows).map((row) => [...row])
const text = (value: string): string => `<c t="inlineStr"><is><t>${value}</t></is></c>`
const header = `<row>${text('a')}</row>`
const date = (serial: number): string => `<row><c s="1"><v>${serial}</v></c></row>`

describe('excel', () => {
  it('counts days from 1900, as if that had been a leap year', async () => {
    const table = await read({ rows: header + date(1) + date(59) + date(61) + date(43831) })
    expect(rowsOf(table).flat()).toEqual(['1900-01-01', '1900-02-28', '1900-03-01', '2020-01-01'])
  })

  it('counts days from 1904 where the workbook says so', async () => {
    const table = await read({
      rows: header + date(0) + date(59) + date(42369),
      settings: '<workbookPr date1904="1"/>'
    })
    expect(rowsOf(table).flat()).toEqual(['1904-01-01', '1904-02-29', '2020-01-01'])
    const unset = await read({ rows: header + date(42369), settings: '<workbookPr date1904="false"/>' })
    expect(rowsOf(unset).flat()).toEqual(['2015-12-31'])
  })

  it('reads namespaces with prefixes, the five entities, numbered characters and CDATA', async () => {
    const table = await read({
      rows: `<x:row><x:c t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c></x:row><row>${text('&lt;&#233;&amp;&#x1F600;<![CDATA[<b>]]>_x0041_')}</row>`
    })
    expect(rowsOf(table)).toEqual([['<é&😀<b>A']])
  })

  it('reads a sheet in UTF-16', async () => {
    const table = await read({
      rows: `${header}<row>${text('é')}</row>`,
      encode: (xml) => Buffer.from(`\ufeff${xml}`, 'utf16le')
    })
    expect(rowsOf(table)).toEqual([['é']])
  })

  it.each([
    ['a document type', { before: '<!DOCTYPE x [<!ENTITY a "aaaa">]>', rows: header }],
    ['an entity of its own', { rows: `${header}<row>${text('&nbsp;')}</row>` }],
    ['a character that XML lacks', { rows: `${header}<row>${text('&#0;')}</row>` }],
    ['half a character', { rows: `${header}<row>${text('&#xD800;')}</row>` }],
    [
      'bytes that are no UTF-8',
      { rows: `${header}<row>${text('é')}</row>`, encode: (xml: string) => Buffer.from(xml, 'latin1') }
    ],
    ['a tag that is not closed', { rows: `${header}<row>` }],
    ['tags that cross', { rows: '<row><c></row></c>' }],
    ['elements 100 levels deep', { rows: '<a>'.repeat(100) + '</a>'.repeat(100) }],
    ['a shared text that is not there', { rows: `${header}<row><c t="s"><v>0</v></c></row>` }],
    ['a number that is none', { rows: `${header}<row><c><v>1,5</v></c></row>` }],
    ['a cell twice', { rows: `${header}<row><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>` }]
  ])('refuses %s', async (_what, workbook) => {
    await expect(read(workbook)).rejects.toMatchObject({ code: 'damaged-file' })
  })

  it('refuses a sheet that unpacks to 300 times its size', async () => {
    await expect(read({ rows: header + '<row/>'.repeat(4_000_000) })).rejects.toMatchObject({ code: 'zip-too-large' })
  })
})
