/** What is too large to be a table in memory, whatever a file claims. */
import { DataFormatError } from '../../shared/errors'
import type { SkippedList } from './skipped'

/** More columns than this are refused: each costs memory of its own while reading. */
export const mostColumns = 20_000

/** Cells of a table, 8 bytes each: 2 GB. */
const mostCells = 2 ** 28

/**
 * To be asked before memory is taken for that many cells, and again as rows turn up.
 * @throws DataFormatError `too-many-columns`, `table-too-large`
 */
export function requireRoom(fileName: string, rows: number, columns: number): void {
  if (columns > mostColumns) {
    throw new DataFormatError(
      'too-many-columns',
      `"${fileName}" has ${columns} columns; at most ${mostColumns} are read. Leave some out.`,
      { file: fileName, columns }
    )
  }
  if (rows * columns <= mostCells) return
  const mostRows = mostRowsOf(columns)
  throw new DataFormatError(
    'table-too-large',
    `"${fileName}" has ${rows} rows of ${columns} columns; at most ${mostCells} cells fit into memory. Have fewer rows read, drawn at random (on the command line: --rows ${mostRows}), or save a part of it.`,
    { file: fileName, rows, columns, mostRows }
  )
}

/** A round number of rows that fit. */
function mostRowsOf(columns: number): number {
  const fit = mostCells / Math.max(1, columns)
  const step = 10 ** Math.max(0, Math.floor(Math.log10(fit)))
  return Math.max(2, Math.floor(fit / step) * step)
}

/**
 * @param skipped rows that were left out, to be told where no other is there
 * @throws DataFormatError `no-rows`
 */
export function requireRows(fileName: string, rows: number, skipped?: SkippedList): void {
  if (rows > 0) return
  const left = skipped === undefined || skipped.count === 0 ? '' : ` that can be read; ${skipped.text()}`
  throw new DataFormatError('no-rows', `"${fileName}" has no rows${left}. Add rows and open it again.`, {
    file: fileName
  })
}

/** A binary file that is not what it claims to be. */
export function damagedFile(fileName: string, what: string, byte?: number): DataFormatError {
  const where = byte === undefined ? '' : ` (byte ${byte})`
  return new DataFormatError('damaged-file', `"${fileName}" is damaged: ${what}${where}. Get or save it again.`, {
    file: fileName,
    ...(byte === undefined ? {} : { byte })
  })
}
