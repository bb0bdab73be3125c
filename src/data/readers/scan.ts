/**
 * Text read by the grammar of `records.ts`: any encoding, line ends of several kinds in one file. Slower than the
 * database; it reads what the database does not, and finds the line at fault in what nobody can read.
 */
import { setImmediate } from 'node:timers/promises'
import { DataFormatError } from '../../shared/errors'
import { RecordScanner, type Dialect, type RecordProblem } from './records'
import { textOf, type Source } from './source'
import type { CellHandler, TextQuery } from './text-query'

/** Records handed on at a time. */
const stretch = 2048

/** @throws DataFormatError `bad-row`, with the line; Cancelled */
export function scanQuery(source: Source, dialect: Dialect, signal: AbortSignal | undefined): TextQuery {
  return { read: (columns, onCells) => scan(source, dialect, columns, onCells, signal) }
}

async function scan(
  source: Source,
  dialect: Dialect,
  columns: readonly number[],
  onCells: CellHandler,
  signal: AbortSignal | undefined
): Promise<number> {
  const wanted = new Map(columns.map((column) => [column, new Array<string>()]))
  let firstRow = 0
  let rows = 0
  /** Number of fields of the record up to the last that is not empty. */
  let filled = 0
  let uneven: { line: number; fields: number } | undefined
  const hand = (): void => {
    for (const [column, texts] of wanted) {
      onCells(column, firstRow, texts.slice(0, rows - firstRow))
      texts.length = 0
    }
    firstRow = rows
  }
  const scanner = new RecordScanner(dialect.delimiter, {
    onField: (text, index) => {
      if (text !== '') filled = index + 1
      if (uneven === undefined) wanted.get(index)?.push(text)
    },
    onRecord: (fields, line, blank) => {
      const surplus = filled > dialect.columns
      filled = 0
      if (blank || uneven !== undefined) return
      if (fields < dialect.columns || surplus) {
        uneven = { line, fields }
        return
      }
      rows++
      if (rows - firstRow === stretch) hand()
    }
  })
  for await (const text of textOf(source, signal)) {
    scanner.push(text)
    requireStructure(source, dialect, scanner.problem, uneven)
    await setImmediate()
  }
  scanner.finish()
  requireStructure(source, dialect, scanner.problem, uneven)
  if (rows > firstRow) hand()
  return rows
}

function requireStructure(
  source: Source,
  dialect: Dialect,
  problem: RecordProblem | null,
  uneven: { line: number; fields: number } | undefined
): void {
  if (uneven !== undefined && (problem === null || uneven.line < problem.line)) {
    const values = uneven.fields === 1 ? '1 value' : `${uneven.fields} values`
    throw badRow(source, uneven.line, `has ${values} where the first line has ${dialect.columns}`)
  }
  if (problem?.kind === 'quote-not-closed') {
    throw badRow(source, problem.line, 'begins a quoted value that is never closed')
  }
  if (problem?.kind === 'text-after-quote') {
    throw badRow(source, problem.line, 'has text after a closing quote; write a quote inside a quoted value twice ("")')
  }
}

export function badRow(source: Source, line: number, what: string): DataFormatError {
  return new DataFormatError(
    'bad-row',
    `"${source.fileName}", line ${line} ${what}. Correct the line and open the file again.`,
    { file: source.fileName, line }
  )
}
