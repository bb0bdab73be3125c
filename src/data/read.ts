/** Opening a file, or a folder of images, as a table. */
import { stat } from 'node:fs/promises'
import { findings } from './findings'
import { profileInTurns } from './profile'
import { readerFor } from './readers'
import { missingImagesNotices, placesBeside, withImages } from './readers/image-column'
import { readImageFolder } from './readers/images'
import type { ReadOptions, TableContent } from './readers/reader'
import { openSource, requireUnchanged } from './readers/source'
import type { Table } from './table'
import { Turns } from './turns'

/**
 * The whole file as a table, or the folder of images with a folder inside for each class (`readers/images.ts`): types decided over all rows, missing values and repairs told in `notices`.
 *
 * In text, numbers are decimal numbers (`1`, `-0.5`, `1e-3`; spaces around them allowed), each the nearest float64; one
 * cell of another kind makes the column text, unless all of it has decimal commas (`commaNumbers`) or holds dates
 * (`dateColumn`). A column that names images beside the file becomes one of images (`withImages`). Missing are empty cells and NA, N/A, NaN, null, None and ?, in any case, and infinities.
 *
 * @throws DataFormatError `file-not-found`, `unreadable-file`, `empty-file`, `no-rows`, `not-a-table`,
 *   `unsupported-encoding`, `bad-row` (details carry the line), `too-many-columns`, `no-images`
 * @throws Cancelled when the signal aborts
 */
export async function readTable(path: string, options: ReadOptions = {}): Promise<Table> {
  return finished(await readContent(path, options), options)
}

/** A table with what was said of its file, and looked at. */
export async function finished(content: Table, { as = {}, signal }: ReadOptions): Promise<Table> {
  const said = Object.keys(as).length === 0 ? {} : { readAs: as }
  const table: Table = { ...content, ...said }
  await profileInTurns(table, new Turns(signal))
  return { ...table, notices: [...content.notices, ...findings(table)] }
}

/** What is in a file or folder, before anybody has looked at it. */
export async function readContent(path: string, options: ReadOptions): Promise<Table> {
  return (await isFolder(path)) ? readImageFolder(path, options) : readFile(path, options)
}

async function readFile(path: string, options: ReadOptions): Promise<Table> {
  const source = await openSource(path, options.signal)
  const table = await readerFor(source).read(source, options)
  const images = await withImages(table, placesBeside(source), options)
  await requireUnchanged(source)
  const { fileName, sha256 } = source
  const { lines: _, ...content } = images ?? withMissingImages(table)
  return { fileName, sha256, ...content }
}

function withMissingImages(table: TableContent): TableContent {
  if (table.columns.some(({ type }) => type === 'image')) return table
  return { ...table, notices: [...table.notices, ...missingImagesNotices(table.columns)] }
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    // Whoever opens it says why it cannot be.
    () => false
  )
}
