/**
 * JSON: a list of records, an object of columns, or one record a line (NDJSON). Read by a scanner of our own, in
 * pieces: it knows the line of a mistake, sees keys that stand twice and numbers that lose digits, and has no limit of
 * length; `JSON.parse` and DuckDB's reader have none of that.
 */
import { DataFormatError } from '../../shared/errors'
import type { TableFormat } from '../table'
import { Turns } from '../turns'
import { missingIn } from './cell-collector'
import { nameColumns } from './header'
import { ColumnEvents, RecordEvents } from './json-layouts'
import { JsonColumns, JsonTableProblem } from './json-records'
import { JsonProblem, JsonScanner, type JsonHandler } from './json-scanner'
import { requireRows } from './limits'
import { nestedNotices } from './nested-notices'
import type { Reader, ReadOptions, TableContent } from './reader'
import { RowLines } from './row-lines'
import { SkippedList } from './skipped'
import { emptyFile, type Source } from './source'
import { encodingNotices, openText, sampleText, textOf, type TextSource } from './text'

interface Rows {
  readonly rows: number
  readonly skipped: SkippedList
  readonly lines?: RowLines
}

type Layout = Extract<TableFormat, { kind: 'json' }>['layout']

/** Characters handed to the scanner before other work gets a turn. */
const piece = 64 * 1024
const maxLine = 64 * 1024 * 1024

async function readJson(opened: Source, options: ReadOptions): Promise<TableContent> {
  const source = await openText(opened, options.as?.encoding, options.signal)
  const sample = sampleText(source)
  if (source.bytes === source.sample.length && sample.trim() === '') throw emptyFile(source.fileName)
  const layout = layoutOf(sample, source.fileName)
  const columns = new JsonColumns(source.fileName, missingIn(options.as))
  const { rows, skipped, lines } =
    layout === 'lines' ? await readLines(source, columns, options) : await readValue(source, layout, columns, options)
  requireRows(source.fileName, rows, skipped)
  const names = columns.names
  if (names.length === 0) {
    throw new DataFormatError(
      'not-a-table',
      `The records of "${source.fileName}" are all empty. Choose another file.`,
      {
        file: source.fileName
      }
    )
  }
  columns.requireRoomFor(rows)
  const named = nameColumns(names)
  return {
    rows,
    columns: columns.finish(named.names, rows),
    duplicateNames: named.duplicateNames,
    notices: [
      ...named.notices,
      ...encodingNotices(source, options.as?.encoding),
      ...skipped.notices(),
      ...nestedNotices([...columns.nested].map((name) => named.names[names.indexOf(name)] ?? name))
    ],
    format: { kind: 'json', layout },
    skipped: skipped.finish(),
    ...(lines === undefined ? {} : { lines })
  }
}

/** One value: a list of records or an object of columns. */
async function readValue(
  source: TextSource,
  layout: 'rows' | 'columns',
  columns: JsonColumns,
  { signal, onProgress }: ReadOptions
): Promise<Rows> {
  const events = layout === 'rows' ? new RecordEvents(columns, 'rows') : new ColumnEvents(columns)
  const scanner = new JsonScanner(events)
  const turns = new Turns(signal)
  let bytes = 0
  try {
    for await (const text of textOf(source, signal)) {
      for (let from = 0; from < text.length; from += piece) {
        scanner.push(text.slice(from, from + piece))
        await turns.take()
      }
      bytes = Math.min(bytes + text.length, source.bytes)
      onProgress?.({ bytes, totalBytes: source.bytes, rows: events.rows })
    }
    scanner.finish()
  } catch (error) {
    throw placed(error, 'bad-json', source.fileName, scanner.line)
  }
  return { rows: events.rows, skipped: new SkippedList() }
}

/** A record a line. */
async function readLines(
  source: TextSource,
  columns: JsonColumns,
  { signal, onProgress, as }: ReadOptions
): Promise<Rows> {
  const events = { current: new RecordEvents(columns, 'lines') }
  const skipped = new SkippedList()
  const rowLines = new RowLines()
  const turns = new Turns(signal)
  let lines = 0
  let bytes = 0
  let pending = ''
  const readLine = (text: string): void => {
    lines++
    if (text.trim() === '') return
    try {
      scanWhole(text, events.current, lines)
      rowLines.note(events.current.rows - 1, lines)
    } catch (error) {
      const problem = placed(error, 'bad-row', source.fileName, lines)
      if (as?.badRows !== 'skip' || !isProblem(error)) throw problem
      events.current = new RecordEvents(columns, 'lines', events.current.rows)
      skipped.add(lines, error.message)
    }
  }
  for await (const text of textOf(source, signal)) {
    const parts = (pending + text).split('\n')
    pending = parts.pop() ?? ''
    if (pending.length > maxLine) {
      throw placed(new JsonProblem(lines + 1, 'is longer than 64 MB'), 'bad-row', source.fileName, lines + 1)
    }
    for (const part of parts) {
      readLine(part)
      await turns.take()
    }
    bytes = Math.min(bytes + text.length, source.bytes)
    onProgress?.({ bytes, totalBytes: source.bytes, rows: events.current.rows })
  }
  readLine(pending)
  return { rows: events.current.rows, skipped, lines: rowLines }
}

function scanWhole(text: string, handler: JsonHandler, line: number): void {
  const scanner = new JsonScanner(handler, line)
  scanner.push(text)
  scanner.finish()
}

function isProblem(error: unknown): error is JsonProblem | JsonTableProblem {
  return error instanceof JsonProblem || error instanceof JsonTableProblem
}

function placed(error: unknown, code: string, file: string, atLine: number): unknown {
  if (!isProblem(error)) return error
  const line = error instanceof JsonProblem ? error.line : atLine
  const message = `"${file}", line ${line} ${error.message}. Correct it and open the file again.`
  return new DataFormatError(code, message, { file, line })
}

/** By the first line: a whole object with more after it is a record of many; a list holds records; else columns. */
function layoutOf(sample: string, fileName: string): Layout {
  if (/\.(ndjson|jsonl)$/i.test(fileName)) return 'lines'
  const text = sample.trimStart()
  if (!text.startsWith('{')) return 'rows'
  const end = text.indexOf('\n')
  const first = end < 0 ? text : text.slice(0, end)
  let scalars = 0
  let depth = 0
  const count = (): void => {
    if (depth === 1) scalars++
  }
  const look: JsonHandler = {
    open: () => depth++,
    close: () => depth--,
    key: () => undefined,
    text: count,
    number: count,
    word: count
  }
  try {
    scanWhole(first, look, 1)
  } catch (error) {
    if (isProblem(error)) return 'columns'
    throw error
  }
  return scalars > 0 || (end >= 0 && text.slice(end).trim() !== '') ? 'lines' : 'columns'
}

export const jsonReader: Reader = {
  name: 'json',
  label: 'JSON',
  extensions: ['.json', '.ndjson', '.jsonl'],
  recognizes: ({ sample, fileName }) => {
    const name = fileName.toLowerCase()
    if (jsonReader.extensions.some((extension) => name.endsWith(extension))) return true
    return !/\.(csv|tsv)$/.test(name) && /^(\ufeff)?\s*(\[\s*\{\s*["}]|\{\s*")/.test(sample.toString('utf8', 0, 4096))
  },
  read: readJson
}
