/** Tables of the same columns as one, each under the one before, with a column that tells the file of each row. */
import { createHash } from 'node:crypto'
import { DataFormatError } from '../shared/errors'
import { nameOfFiles } from '../shared/file-names'
import type { Notice } from '../shared/views'
import { asCategories } from './cells'
import { compareCodePoints } from './numbers'
import { requireRoom } from './readers/limits'
import {
  imageSize,
  listNames,
  maxSkippedRows,
  namesImageFiles,
  type CategoryColumn,
  type CellColumn,
  type CellFacts,
  type Column,
  type ImageColumn,
  type NumberColumn,
  type SkippedRows,
  type Table
} from './table'
import type { Turns } from './turns'

/** Bytes of the images of all files together. */
const mostImageBytes = 2 ** 30
/** What the column of the files is called where no other is called so. */
const fileColumn = 'file'

/** A table whose columns are let go one after the other. */
interface Part {
  readonly table: Omit<Table, 'columns'>
  readonly columns: Map<string, Column>
}

/**
 * The tables, one under the other, the columns in the order of the first; behind them a column `file` (`file_2` where there
 * is one) with a name for each file. What is a number in all files stays one; what is text in one is text in all, numbers
 * written as `cellText` writes them. The name is of all files, the fingerprint SHA-256 of their fingerprints, one after the
 * other; the format is that of the first.
 *
 * @param tables at least two. The list is emptied, so that not all columns are in memory twice.
 * @param names one for each table, all different
 * @throws DataFormatError `columns-differ`, `images-differ`, `table-too-large`; Cancelled
 */
export async function joinTables(tables: Table[], names: readonly string[], turns: Turns): Promise<Table> {
  requireSameColumns(tables, names)
  const parts = tables.splice(0).map(({ columns, ...table }): Part => {
    return { table, columns: new Map(columns.map((column) => [column.name, column])) }
  })
  const [first] = parts
  if (first === undefined) throw new RangeError('there are no tables to join')
  const fileName = nameOfFiles(parts.map(({ table }) => table.fileName))
  const counts = parts.map(({ table }) => table.rows)
  const rows = counts.reduce((sum, count) => sum + count, 0)
  requireRoom(fileName, rows, first.columns.size + 1)

  const columns: Column[] = []
  for (const name of [...first.columns.keys()]) {
    columns.push(joinColumns(name, takeColumn(parts, name), counts, fileName))
    await turns.take()
  }
  const column = freeName(new Set(columns.map(({ name }) => name)))
  columns.push(columnOfFiles(column, names, counts))
  return {
    fileName,
    sha256: createHash('sha256')
      .update(parts.map(({ table }) => table.sha256).join(''))
      .digest('hex'),
    rows,
    columns,
    duplicateNames: [...new Set(parts.flatMap(({ table }) => table.duplicateNames))],
    notices: joinNotices(parts, names),
    format: first.table.format,
    skipped: joinSkipped(parts, names),
    joined: {
      column,
      files: parts.map(({ table }, index) => {
        return { fileName: names[index] ?? table.fileName, sha256: table.sha256, rows: table.rows }
      })
    }
  }
}

function requireSameColumns(tables: readonly Table[], names: readonly string[]): void {
  const [first, ...others] = tables.map((table) => new Set(table.columns.map(({ name }) => name)))
  for (const [index, other] of others.entries()) {
    if (first === undefined) return
    const [one, another] = [names[0] ?? '', names[index + 1] ?? '']
    const lacking = [...first].filter((name) => !other.has(name))
    const added = [...other].filter((name) => !first.has(name))
    if (lacking.length === 0 && added.length === 0) continue
    const problems = [
      ...(lacking.length === 0 ? [] : [`"${another}" lacks ${listNames(lacking)}`]),
      ...(added.length === 0 ? [] : [`"${one}" lacks ${listNames(added)}`])
    ]
    throw new DataFormatError(
      'columns-differ',
      `Files are opened together when they have the same columns: ${problems.join(', and ')}. Open them one by one, or give them the same columns.`,
      { file: another, lacking: lacking.length, added: added.length }
    )
  }
}

/** The column of each table, which gives it away. */
function takeColumn(parts: readonly Part[], name: string): Column[] {
  return parts.flatMap(({ columns }) => {
    const column = columns.get(name)
    columns.delete(name)
    return column === undefined ? [] : [column]
  })
}

function joinColumns(name: string, columns: readonly Column[], counts: readonly number[], fileName: string): Column {
  const images = columns.filter((column) => column.type === 'image')
  if (images.length === columns.length) return joinImages(name, images, fileName)
  const cells = columns.filter((column) => column.type !== 'image')
  if (images.length > 0) {
    throw new DataFormatError(
      'images-differ',
      `${fileName}: "${name}" holds images in one file and cells in another. Open them one by one.`,
      { column: name }
    )
  }
  return joinNumbers(name, cells, counts) ?? joinCategories(name, cells)
}

/** @throws DataFormatError `images-differ`, `table-too-large` */
function joinImages(name: string, columns: readonly ImageColumn[], fileName: string): ImageColumn {
  const sizes = new Set(columns.map((column) => `${column.width}×${column.height}×${column.channels}`))
  const [first] = columns
  if (sizes.size > 1 || first === undefined) {
    throw new DataFormatError(
      'images-differ',
      `${fileName}: the images of "${name}" are not of one size and one number of channels: ${[...sizes].join(', ')}. Choose one size and number of channels for all files.`,
      { column: name }
    )
  }
  const length = columns.reduce((sum, { pixels }) => sum + pixels.length, 0)
  if (length > mostImageBytes) {
    throw new DataFormatError(
      'table-too-large',
      `${fileName}: ${length / imageSize(first)} images are ${length} bytes; at most ${mostImageBytes} fit. Choose a smaller size, or fewer files.`,
      { column: name }
    )
  }
  const pixels = new Uint8Array(length)
  let at = 0
  for (const column of columns) {
    pixels.set(column.pixels, at)
    at += column.pixels.length
  }
  return { ...first, pixels }
}

/** Null where it is not a number, or not a time, in all files. A column without any value may be either. */
function joinNumbers(name: string, columns: readonly CellColumn[], counts: readonly number[]): NumberColumn | null {
  const told = columns.filter((column) => !isEmpty(column))
  const numbers = told.filter((column) => column.type === 'number')
  if (numbers.length < told.length || new Set(numbers.map(({ time }) => time === undefined)).size > 1) return null
  // Files without any value in it alone: as the first of them has it.
  if (told.length === 0 && columns[0]?.type !== 'number') return null
  const values = new Float64Array(counts.reduce((sum, count) => sum + count, 0)).fill(NaN)
  let at = 0
  for (const [index, column] of columns.entries()) {
    if (column.type === 'number') values.set(column.values, at)
    at += counts[index] ?? 0
  }
  const times = numbers.flatMap(({ time }) => time ?? [])
  const time = times.includes('datetime') ? 'datetime' : times[0]
  return { type: 'number', name, values, ...(time === undefined ? {} : { time }), facts: joinFacts(columns) }
}

function isEmpty(column: CellColumn): boolean {
  return column.type === 'number' ? column.values.every(Number.isNaN) : column.codes.every((code) => code < 0)
}

function joinCategories(name: string, columns: readonly CellColumn[]): CategoryColumn {
  const texts = columns.map(asCategories)
  const categories = [...new Set(texts.flatMap((column) => column.categories))].sort(compareCodePoints)
  const codeOf = new Map(categories.map((category, code) => [category, code]))
  const codes = new Int32Array(texts.reduce((sum, column) => sum + column.codes.length, 0))
  let at = 0
  for (const column of texts) {
    const places = Int32Array.from(column.categories, (category) => codeOf.get(category) ?? -1)
    for (const code of column.codes) codes[at++] = places[code] ?? -1
  }
  const names = columns.every(namesImageFiles) ? { imageFiles: true as const } : {}
  return { type: 'category', name, codes, categories, ...names, facts: joinFacts(columns) }
}

function joinFacts(columns: readonly CellColumn[]): CellFacts {
  const facts = columns.flatMap((column) => column.facts ?? [])
  const sum = (of: (each: CellFacts) => number) => facts.reduce((total, each) => total + of(each), 0)
  const words = new Map<string, number>()
  for (const { missingWords } of facts)
    for (const { text, cells } of missingWords) words.set(text, (words.get(text) ?? 0) + cells)
  return {
    missingWords: Array.from(words, ([text, cells]) => ({ text, cells })).sort((a, b) => b.cells - a.cells),
    infinite: sum(({ infinite }) => infinite),
    inexact: sum(({ inexact }) => inexact),
    decimalComma: facts.some(({ decimalComma }) => decimalComma)
  }
}

function freeName(taken: ReadonlySet<string>): string {
  if (!taken.has(fileColumn)) return fileColumn
  for (let number = 2; ; number++) {
    const name = `${fileColumn}_${number}`
    if (!taken.has(name)) return name
  }
}

function columnOfFiles(name: string, names: readonly string[], counts: readonly number[]): CategoryColumn {
  const categories = [...names].sort(compareCodePoints)
  const codes = new Int32Array(counts.reduce((sum, count) => sum + count, 0))
  let at = 0
  for (const [index, count] of counts.entries()) {
    codes.fill(categories.indexOf(names[index] ?? ''), at, at + count)
    at += count
  }
  return { type: 'category', name, codes, categories }
}

/** What is the same in all files is said once, all else with the name of its file. */
function joinNotices(parts: readonly Part[], names: readonly string[]): Notice[] {
  const all = parts.flatMap(({ table }, index) => table.notices.map((notice) => ({ notice, index })))
  const isCommon = ({ message }: Notice) =>
    parts.every(({ table }) => table.notices.some((each) => each.message === message))
  return all.flatMap(({ notice, index }) => {
    if (isCommon(notice)) return index === 0 ? [notice] : []
    return [{ ...notice, message: `${names[index] ?? ''}: ${notice.message}` }]
  })
}

function joinSkipped(parts: readonly Part[], names: readonly string[]): SkippedRows {
  const rows = parts.flatMap(({ table }, index) => {
    return table.skipped.rows.map(({ line, reason }) => ({ line, reason: `(${names[index] ?? ''}) ${reason}` }))
  })
  const count = parts.reduce((sum, { table }) => sum + table.skipped.count, 0)
  return { count, rows: rows.slice(0, maxSkippedRows) }
}
