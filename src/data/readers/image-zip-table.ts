/** An archive of images with a table that names them. */
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DataFormatError } from '../../shared/errors'
import type { ZipArchive } from '../zip'
import { delimitedReader } from './delimited'
import { classesOf, type FoundFiles } from './image-files'
import { placesInZip, withImages } from './image-column'
import { jsonReader } from './json'
import type { ReadOptions, TableContent } from './reader'
import { openSource, type Source } from './source'

/** Bytes of a name that every disk takes. */
const longestName = 200
const tableName = /\.(csv|tsv|json|ndjson|jsonl)$/i

/**
 * The table of an archive that holds images and, where they all begin, one table that names them; null for any other archive.
 * A folder around all is passed through.
 * @throws DataFormatError as the reader of the table, and `withImages`; Cancelled
 */
export async function tableOfZip(
  source: Source,
  zip: ZipArchive,
  found: FoundFiles,
  options: ReadOptions
): Promise<TableContent | null> {
  if (found.images.length === 0) return null
  const root = folderAround([...found.images.map(({ name }) => name), ...found.others])
  const tables = zip.entries.filter(
    ({ name }) => name.startsWith(root) && !name.slice(root.length).includes('/') && tableName.test(name)
  )
  const [table] = tables
  if (table === undefined || tables.length > 1) return null
  // Readers of tables read files; this one is gone before anything else happens.
  const folder = await mkdtemp(join(tmpdir(), 'backprop-studio-'))
  let content: TableContent
  try {
    const name = table.name.slice(root.length)
    // Archives hold names that no disk takes.
    const path = join(folder, Buffer.byteLength(name) > longestName ? `table${extname(name)}` : name)
    await pipeline(Readable.from(zip.stream(table, options.signal)), createWriteStream(path, { flags: 'wx' }))
    const opened = await openSource(path, options.signal)
    const reader = jsonReader.recognizes(opened) ? jsonReader : delimitedReader
    content = await reader.read(opened, options)
  } catch (error) {
    // Classes of folders speak for themselves: what lies beside them need not be a table.
    const classes = new Set(classesOf(found.images.map(({ name }) => name)))
    if (error instanceof DataFormatError && classes.size > 1) return null
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const images = await withImages(content, placesInZip(source, table.name, found), options)
  return images === null ? null : { ...images, sha256: source.sha256 }
}

/** The folder that all names begin with, with `/` at its end; empty where there is none. */
function folderAround(names: readonly string[]): string {
  const first = names[0] ?? ''
  const folder = first.slice(0, first.indexOf('/') + 1)
  return names.every((name) => name.startsWith(folder)) ? folder : ''
}
