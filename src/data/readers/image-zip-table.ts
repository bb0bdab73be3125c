/** An archive of images with a table that names them. */
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DataFormatError } from '../../shared/errors'
import type { Notice } from '../../shared/views'
import { listNames } from '../table'
import type { ZipArchive, ZipEntry } from '../zip'
import { delimitedReader } from './delimited'
import { classesOf, type FoundFiles } from './image-files'
import { missingImagesNotices, placesInZip, withImages } from './image-column'
import { jsonReader } from './json'
import type { ReadOptions, TableContent } from './reader'
import { openSource, type Source } from './source'

/** Bytes of a name that every disk takes. */
const longestName = 200
const tableName = /\.(csv|tsv|json|ndjson|jsonl)$/i

/** Unpacked bytes of a table, as of a workbook's; and of those above `ratioFrom` so many for one packed byte. */
const mostBytes = 400 * 2 ** 20
const mostRatio = 300
const ratioFrom = 16 * 2 ** 20

/** The table of an archive, or null where its folders are the classes; then with what is to be said of tables in it. */
export interface ZipTable {
  readonly content: TableContent | null
  readonly notices: readonly Notice[]
  /** Names of the tables that `notices` tell of. */
  readonly told: readonly string[]
}

/**
 * The table of an archive that holds images and, where they all begin, one table that names them; none of any other archive.
 * A folder around all is passed through.
 * @throws DataFormatError as the reader of the table, and `withImages`; `zip-too-large`; Cancelled
 */
export async function tableOfZip(
  source: Source,
  zip: ZipArchive,
  found: FoundFiles,
  options: ReadOptions
): Promise<ZipTable> {
  const none: ZipTable = { content: null, notices: [], told: [] }
  if (found.images.length === 0) return none
  const root = folderAround([...found.images.map(({ name }) => name), ...found.others])
  const isTable = (name: string): boolean =>
    name.startsWith(root) && !name.slice(root.length).includes('/') && tableName.test(name)
  const names = found.others.filter(isTable)
  if (names.length > 1) return { content: null, notices: [severalTables(names)], told: names }
  const table = zip.entries.find(({ name }) => name === names[0])
  if (table === undefined) return none
  // Readers of tables read files; this one is gone before anything else happens.
  const folder = await mkdtemp(join(tmpdir(), 'backprop-studio-'))
  let content: TableContent
  try {
    requireHonestSize(source.fileName, table)
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
    if (error instanceof DataFormatError && classes.size > 1) return none
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const images = await withImages(content, placesInZip(source, table.name, found), options)
  if (images !== null) return { ...none, content: { ...images, sha256: source.sha256 } }
  const [missing] = missingImagesNotices(content.columns)
  return missing === undefined ? none : { content: null, notices: [unnamedImages(table.name, missing)], told: names }
}

function severalTables(names: readonly string[]): Notice {
  const message = `The archive holds ${names.length} tables: ${listNames(names, 6)}. Which of them names the images is not known, so none is read: classes come from the folders alone. To read one, leave the others out of the archive.`
  return { code: 'several-tables', severity: 'warning', message, columns: [] }
}

/** @param missing what would be said of the table by itself */
function unnamedImages(table: string, missing: Notice): Notice {
  const [column = ''] = missing.columns
  const message = `"${table}" names images in "${column}" that are not in the archive, or not by their paths relative to it: it is not read, and classes come from the folders alone. To read it, put the images where it says.`
  return { ...missing, message, columns: [] }
}

/**
 * By the directory, which unpacking is held to. Reading a table costs far more time than unpacking it.
 * @throws DataFormatError `zip-too-large`
 */
function requireHonestSize(archive: string, { name, bytes, packedBytes }: ZipEntry): void {
  if (bytes <= mostBytes && (bytes <= ratioFrom || bytes <= mostRatio * packedBytes)) return
  const megabytes = (size: number): number => Math.round(size / 2 ** 20)
  const message = `"${name}" in "${archive}" unpacks to ${megabytes(bytes)} MB, ${Math.round(bytes / Math.max(1, packedBytes))} times its size; a table in an archive may have ${megabytes(mostBytes)} MB and ${mostRatio} times its size. Unpack the archive if you trust it, and open the table inside.`
  throw new DataFormatError('zip-too-large', message, { file: archive, entry: name })
}

/** The folder that all names begin with, with `/` at its end; empty where there is none. */
function folderAround(names: readonly string[]): string {
  const first = names[0] ?? ''
  const folder = first.slice(0, first.indexOf('/') + 1)
  return names.every((name) => name.startsWith(folder)) ? folder : ''
}
