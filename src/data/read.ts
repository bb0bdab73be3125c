/** Opening a file, or a folder of images, as a table. */
import { stat } from 'node:fs/promises'
import { findings } from './findings'
import { profileInTurns } from './profile'
import { readerFor } from './readers'
import { readImageFolder } from './readers/images'
import type { ReadOptions } from './readers/reader'
import { openSource, requireUnchanged } from './readers/source'
import type { Table } from './table'
import { Turns } from './turns'

/**
 * The whole file as a table, or the folder of images with a folder inside for each class (`readers/images.ts`): types decided over all rows, missing values and repairs told in `notices`.
 *
 * In text, numbers are decimal numbers (`1`, `-0.5`, `1e-3`; spaces around them allowed), each the nearest float64; one
 * cell of another kind makes the column text, unless all of it has decimal commas (`commaNumbers`) or holds dates
 * (`dateColumn`). Missing are empty cells and NA, N/A, NaN, null, None and ?, in any case, and infinities.
 *
 * @throws DataFormatError `file-not-found`, `unreadable-file`, `empty-file`, `no-rows`, `not-a-table`,
 *   `unsupported-encoding`, `bad-row` (details carry the line), `too-many-columns`, `no-images`
 * @throws Cancelled when the signal aborts
 */
export async function readTable(path: string, options: ReadOptions = {}): Promise<Table> {
  const content = (await isFolder(path)) ? await readImageFolder(path, options) : await readFile(path, options)
  const { as = {} } = options
  const said = Object.keys(as).length === 0 ? {} : { readAs: as }
  const table: Table = { ...content, ...said }
  await profileInTurns(table, new Turns(options.signal))
  return { ...table, notices: [...content.notices, ...findings(table)] }
}

async function readFile(path: string, options: ReadOptions): Promise<Table> {
  const source = await openSource(path, options.signal)
  const content = await readerFor(source).read(source, options)
  await requireUnchanged(source)
  const { fileName, sha256 } = source
  return { fileName, sha256, ...content }
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    // Whoever opens it says why it cannot be.
    () => false
  )
}
