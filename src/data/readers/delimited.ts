/**
 * Delimited text: CSV and its relatives with comma, semicolon, tab, pipe or what a person names (RFC 4180 quoting).
 *
 * Types are decided over the whole file: a column holds numbers when every cell with a value is one (with a decimal
 * point, or all with a decimal comma where the delimiter is none), dates when every one is a date, else categories. A
 * record that does not fit is an error with its line; it is skipped, and listed, only when that is asked for. Lines
 * without any character are no records; fields beyond the last column may stand in a record as long as they are
 * empty, as some programs end every row with a delimiter.
 */
import { DataFormatError } from '../../shared/errors'
import { MissingWords, usualMissing } from '../numbers'
import { listNames, noneSkipped, type Column } from '../table'
import { inTurns, Turns } from '../turns'
import { NumberCollector, TextCollector } from './columns'
import { detectDialect } from './dialect'
import { readHeader } from './header'
import { requireRoom } from './limits'
import type { Reader, ReadOptions, TableContent } from './reader'
import { badRow, readRows, type Layout } from './rows'
import { RecordScanner } from './records'
import { RowLines } from './row-lines'
import { RowSample, sampleNotices } from './row-sample'
import { SkippedList } from './skipped'
import { emptyFile, sampleBytes, type Source } from './source'
import { encodingNotices, openText, sampleOf } from './text'

/** Cells looked at to tell columns of text from the others before the file is read. */
const guessCells = 200_000

/**
 * @throws DataFormatError `not-a-table`, `unsupported-encoding`, `wrong-encoding`, `empty-file`, `no-rows`,
 *   `bad-row` (with the line), `too-many-columns`, `table-too-large`
 * @throws Cancelled
 */
async function readDelimited(opened: Source, options: ReadOptions): Promise<TableContent> {
  const { signal, as } = options
  const source = await openText(opened, as?.encoding, signal)
  const first = sampleOf(source)
  const complete = source.sample.length === source.bytes
  if (complete && first.toString('utf8').trim() === '') throw emptyFile(source.fileName)
  const dialect = detectDialect(first, complete, as?.delimiter)
  if (dialect === null) {
    throw badRow(source, 1, `is longer than ${sampleBytes / 2 ** 20} MB or holds a quote that is never closed`)
  }
  requireRoom(source.fileName, 0, dialect.columns)
  const header = readHeader(dialect.first, dialect.delimiter !== ',', as?.header)
  const missing = as?.missingWords === undefined ? usualMissing : new MissingWords(as.missingWords)
  const layout: Layout = { source, delimiter: dialect.delimiter, columns: dialect.columns, header: header.present }
  const { areText, expectedRows } = guess(layout, first, missing)
  const collectors: (NumberCollector | TextCollector | undefined)[] = areText.map((isText) =>
    isText ? new TextCollector(missing, expectedRows) : new NumberCollector(missing, expectedRows)
  )

  const listed = () => (as?.badRows === 'skip' ? new SkippedList() : null)
  // How many rows there are is only known at the end of the file: it is read once more where some are to be drawn.
  const total = as?.rows === undefined ? null : await readRows(layout, [], listed(), options)
  const sample = () => (total === null || as?.rows === undefined ? undefined : new RowSample(total, as.rows))
  const skipped = listed()
  const lines = new RowLines()
  const rows = await readRows(layout, collectors, skipped, options, sample(), lines)
  if (rows === 0) throw noRows(source.fileName, header.present ? header.names : null, skipped)
  // What only seemed to be numbers is read again, as text.
  const again = collectors.map((collector) =>
    collector instanceof NumberCollector && collector.isText ? new TextCollector(missing, rows) : undefined
  )
  if (again.some((collector) => collector !== undefined)) {
    await readRows(layout, again, listed(), { signal }, sample())
  }

  const turns = new Turns(signal)
  const columns: Column[] = []
  for (const [index, name] of header.names.entries()) {
    const collector = again[index] ?? collectors[index]
    if (collector === undefined) throw new Error(`no cells were read for column ${index}`)
    // Its memory is free when it is finished, before the next one needs as much.
    again[index] = collectors[index] = undefined
    columns.push(await inTurns(collector.finish(name, dialect.delimiter), turns))
  }
  return {
    rows,
    columns,
    duplicateNames: header.duplicateNames,
    notices: [
      ...header.notices,
      ...encodingNotices(source, as?.encoding),
      ...(skipped?.notices() ?? []),
      ...sampleNotices(total ?? rows, rows)
    ],
    format: {
      kind: 'delimited',
      delimiter: dialect.delimiter,
      encoding: source.encoding,
      header: header.present
    },
    skipped: skipped?.finish() ?? noneSkipped,
    lines
  }
}

/** Which columns hold text, and about how many rows there are, by the records of the sample. */
function guess(
  layout: Layout,
  sample: Uint8Array,
  missing: MissingWords
): { areText: readonly boolean[]; expectedRows: number } {
  const { source, delimiter, columns, header } = layout
  const numbers = Array.from({ length: columns }, () => new NumberCollector(missing, 0))
  const most = Math.max(20, Math.ceil(guessCells / columns))
  const scanner = new RecordScanner(delimiter)
  let records = 0
  scanner.push(sample)
  if (sample.length === source.bytes) scanner.finish()
  while (records < most && scanner.next()) {
    if (records++ === 0 && header) continue
    if (scanner.problem !== null || scanner.fields < columns) continue
    for (const [field, collector] of numbers.entries()) {
      collector.add(scanner.bytes, scanner.startOf(field), scanner.endOf(field))
    }
  }
  const bytesOfRecord = scanner.read / Math.max(1, records)
  return { areText: numbers.map(({ isText }) => isText), expectedRows: source.bytes / Math.max(1, bytesOfRecord) }
}

function noRows(fileName: string, names: readonly string[] | null, skipped: SkippedList | null): DataFormatError {
  const what = names === null ? 'no rows' : `a header (${listNames(names, 6)}) but no rows below it`
  const left = skipped === null || skipped.count === 0 ? '' : ` that can be read; ${skipped.text()}`
  return new DataFormatError('no-rows', `"${fileName}" has ${what}${left}. Add rows and open it again.`, {
    file: fileName
  })
}

export const delimitedReader: Reader = {
  name: 'delimited',
  label: 'Delimited text',
  extensions: ['.csv', '.tsv', '.txt'],
  recognizes: () => true,
  read: readDelimited
}
