/** The rows of delimited text, handed on cell by cell. */
import { DataFormatError } from '../../shared/errors'
import type { CellSink } from './columns'
import { requireRoom } from './limits'
import type { ReadOptions } from './reader'
import { maxRecordBytes, RecordScanner } from './records'
import type { RowLines } from './row-lines'
import type { RowSample } from './row-sample'
import type { SkippedList } from './skipped'
import { bytesOf, type TextSource } from './text'

/** How the text of a file is parted. */
export interface Layout {
  readonly source: TextSource
  readonly delimiter: string
  readonly columns: number
  /** The first record is none of the rows. */
  readonly header: boolean
}

/**
 * Reads the file once and gives each cell to its column.
 * @param sinks one for each column; undefined where its cells are not wanted
 * @param skipped takes the rows that do not fit; null when the first of them is an error
 * @param sample the rows to take; all when left out
 * @param lines told where each of these rows begins
 * @returns the number of rows that were taken
 * @throws DataFormatError `bad-row`, `table-too-large`; Cancelled
 */
export async function readRows(
  layout: Layout,
  sinks: readonly (CellSink | undefined)[],
  skipped: SkippedList | null,
  { signal, onProgress }: Pick<ReadOptions, 'signal' | 'onProgress'>,
  sample?: RowSample,
  lines?: RowLines
): Promise<number> {
  const { source, columns } = layout
  const wanted = sinks.flatMap((sink, field) => (sink === undefined ? [] : [{ sink, field }]))
  const scanner = new RecordScanner(layout.delimiter)
  let inHeader = layout.header
  let rows = 0
  const drain = (): void => {
    while (scanner.next()) {
      const reason = reasonOf(scanner, columns)
      if (reason !== null) {
        // Without the first record there are no columns.
        if (skipped === null || inHeader) throw badRow(source, scanner.line, reason)
        skipped.add(scanner.line, reason)
        // A quote that is never closed would take all that follows with it.
        if (scanner.problem !== null && scanner.problem !== 'text-after-quote') scanner.dropPresentLine()
        continue
      }
      if (inHeader) {
        inHeader = false
        continue
      }
      if (sample?.next() === false) continue
      for (const { sink, field } of wanted) sink.add(scanner.bytes, scanner.startOf(field), scanner.endOf(field))
      lines?.note(rows, scanner.line)
      rows++
    }
  }
  let bytes = 0
  for await (const chunk of bytesOf(source, signal)) {
    scanner.push(chunk)
    drain()
    requireRoom(source.fileName, rows, wanted.length)
    // What is not UTF-8 in the file is of another length here.
    bytes = Math.min(source.bytes, bytes + chunk.length)
    onProgress?.({ bytes, totalBytes: source.bytes, rows })
  }
  scanner.finish()
  drain()
  onProgress?.({ bytes: source.bytes, totalBytes: source.bytes, rows })
  return rows
}

/** What keeps the present record from being a row, or null. */
function reasonOf(scanner: RecordScanner, columns: number): string | null {
  switch (scanner.problem) {
    case 'quote-not-closed':
      return 'begins a quoted value that is never closed'
    case 'text-after-quote':
      return 'has text after a closing quote; write a quote inside a quoted value twice ("")'
    case 'too-long':
      return `is longer than ${maxRecordBytes / 2 ** 20} MB`
    case null:
      if (scanner.fields >= columns && scanner.filled <= columns) return null
      return `has ${scanner.fields} ${scanner.fields === 1 ? 'value' : 'values'} where the first line has ${columns}`
  }
}

export function badRow({ fileName }: TextSource, line: number, what: string): DataFormatError {
  return new DataFormatError(
    'bad-row',
    `"${fileName}", line ${line} ${what}. Correct the line and open the file again, or have such rows skipped (on the command line: --bad-rows skip).`,
    { file: fileName, line }
  )
}
