/**
 * Delimited text: CSV and its relatives with comma, semicolon, tab or pipe (RFC 4180 quoting).
 *
 * Types are decided over the whole file: a column holds numbers when every cell with a value is one (with a decimal
 * point, or all with a decimal comma where the delimiter is none), else categories. DuckDB reads UTF-8, a scanner of our own the rest; a record that does not fit is an error with its
 * line, never skipped. Lines without any character are no records; fields beyond the last column may stand in a
 * record as long as they are empty, as some programs end every row with a delimiter.
 */
import { DataFormatError, StudioError } from '../../shared/errors'
import type { Notice } from '../../shared/views'
import { listNames, type Column } from '../table'
import { parseNumber } from '../numbers'
import { CategoryCollector, NumberCollector } from './columns'
import { readHeader } from './header'
import { withDatabase } from './database'
import { detectDialect, type Dialect } from './records'
import { badRow, scanQuery } from './scan'
import { emptyFile, sampleText, type Source } from './source'
import type { TextQuery } from './text-query'

/** More columns than this are refused: each costs memory for a whole stretch of rows while reading. */
export const maxColumns = 20_000

export interface TableContent {
  readonly rows: number
  readonly columns: readonly Column[]
  readonly duplicateNames: readonly string[]
  readonly notices: readonly Notice[]
}

/**
 * @throws DataFormatError `empty-file`, `no-rows`, `bad-row` (with the line), `too-many-columns`
 * @throws Cancelled
 */
export async function readDelimited(source: Source, signal?: AbortSignal): Promise<TableContent> {
  const sample = sampleText(source)
  const complete = source.sample.length === source.bytes
  if (complete && sample.trim() === '') throw emptyFile(source.fileName)
  const dialect = detectDialect(sample, complete)
  if (dialect === null) {
    throw badRow(source, 1, 'is longer than 4 MB or holds a quote that is never closed')
  }
  if (dialect.columns > maxColumns) {
    throw new DataFormatError(
      'too-many-columns',
      `"${source.fileName}" has ${dialect.columns} columns; at most ${maxColumns} are read. Leave some out.`,
      { file: source.fileName, columns: dialect.columns }
    )
  }
  const scan = scanQuery(source, dialect, signal)
  // Where there is one column, the database takes a line without any character for a row.
  if (source.encoding !== 'utf-8' || dialect.columns === 1) return readAll(source, dialect, scan)
  try {
    return await withDatabase(source, dialect, signal, (database) => readAll(source, dialect, database))
  } catch (error) {
    if (error instanceof StudioError) throw error
    // The database refuses what the grammar allows (line ends of several kinds) and does not always know the
    // line of what neither allows: read again, with either the table or the line as the result.
    return readAll(source, dialect, scan)
  }
}

/** Reads the file twice: first every column for as long as it may hold numbers, then those that hold text. */
async function readAll(source: Source, dialect: Dialect, query: TextQuery): Promise<TableContent> {
  const first: (string | null)[] = []
  const numbers = Array.from({ length: dialect.columns }, () => new NumberCollector())
  const records = await query.read([...numbers.keys()], (column, firstRow, texts) => {
    if (firstRow === 0) first.push(texts[0] ?? null)
    numbers[column]?.push(texts)
  })
  if (records === 0) throw emptyFile(source.fileName)
  const header = readHeader(first, dialect.delimiter !== ',')
  const skip = header.present ? 1 : 0
  const rows = records - skip
  if (rows === 0) {
    throw new DataFormatError(
      'no-rows',
      `"${source.fileName}" has a header (${listNames(header.names, 6)}) but no rows below it. Add rows and open it again.`,
      { file: source.fileName }
    )
  }

  const categories = new Map<number, CategoryCollector>()
  for (const [index, collector] of numbers.entries()) {
    // Without a header the first cell is a value, and one with a decimal comma makes the column text so far.
    if (!header.present && parseNumber(first[index] ?? null) === null) collector.isText = true
    if (collector.isText) categories.set(index, new CategoryCollector(rows))
  }
  if (categories.size > 0) {
    await query.read([...categories.keys()], (column, firstRow, texts) =>
      categories.get(column)?.push(texts, firstRow === 0 ? skip : 0)
    )
  }

  const columns = header.names.map((name, index): Column => {
    const texts = categories.get(index)
    const found = texts === undefined ? numbers[index]?.finish(skip) : texts.finishNumbers(dialect.delimiter)
    if (found) return { type: 'number', name, ...found }
    if (texts === undefined) throw new Error(`no cells were read for column ${index}`)
    return { type: 'category', name, ...texts.finish() }
  })
  return {
    rows,
    columns,
    duplicateNames: header.duplicateNames,
    notices: [...header.notices, ...encodingNotices(source)]
  }
}

function encodingNotices(source: Source): Notice[] {
  if (source.encoding !== 'windows-1252') return []
  return [
    {
      code: 'not-utf-8',
      severity: 'info',
      message:
        'The file is not UTF-8; it is read as Windows-1252 (Western European). Save it as UTF-8 if letters look wrong.',
      columns: []
    }
  ]
}
