/** Opening a file as a table. */
import { findings } from './findings'
import { readDelimited } from './readers/delimited'
import { openSource, requireUnchanged } from './readers/source'
import type { Table } from './table'

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined
}

/**
 * The whole file as a table: types decided over all rows, missing values and repairs told in `notices`.
 *
 * Numbers are decimal numbers (`1`, `-0.5`, `1e-3`; spaces around them allowed), each the nearest float64; one cell
 * of another kind makes the column text, unless all of it has decimal commas (`commaNumbers`). Missing are empty cells
 * and NA, N/A, NaN, null, None and ?, in any case, and infinities.
 *
 * @throws DataFormatError `file-not-found`, `unreadable-file`, `empty-file`, `no-rows`, `not-a-table`,
 *   `unsupported-encoding`, `bad-row` (details carry the line), `too-many-columns`
 * @throws Cancelled when the signal aborts
 */
export async function readTable(path: string, options: ReadOptions = {}): Promise<Table> {
  const source = await openSource(path, options.signal)
  const content = await readDelimited(source, options.signal)
  await requireUnchanged(source)
  const { fileName, sha256 } = source
  const table: Table = { fileName, sha256, ...content }
  return { ...table, notices: [...content.notices, ...findings(table)] }
}
