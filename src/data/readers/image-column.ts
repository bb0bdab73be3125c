/** Tables that name their images in a column: the images take the column's place. */
import { createHash } from 'node:crypto'
import { lstat, realpath } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { Cancelled, DataFormatError } from '../../shared/errors'
import { MAX_COLUMN_NAME } from '../../shared/setup'
import type { Notice } from '../../shared/views'
import { imageSize, maxSkippedRows, type CategoryColumn, type Column, type ImageColumn } from '../table'
import { unsafeName } from '../zip'
import { imageFile, mostImageFiles, type FoundFiles, type ImageFile } from './image-files'
import { readImageSet, requireRoomForImages } from './image-set'
import { UnreadableImage } from './image-unreadable'
import type { ReadOptions, TableContent } from './reader'
import { SkippedList } from './skipped'
import type { Source } from './source'

/** Names of images that are read. */
const imageName = /\.(png|jpe?g|jfif|webp|bmp|dib|tiff?|gif)$/i
/** Of the cells with a value, so many name images; or else the column is none of images. */
const leastShare = 0.95
/** Cells looked at to tell, the first ones; of their files, half are there. */
const firstCells = 20
/** Files that are looked for at a time. */
const searchedAtOnce = 64

/** Where the images of a table are to be found. */
export interface ImagePlaces {
  /** Of the table, for messages. */
  readonly fileName: string
  readonly sha256: string
  /** Tells the table from all others. */
  readonly source: string
  /** @param name a safe relative path @returns the file, or why there is none: `is not there` */
  find(name: string): Promise<ImageFile | string>
}

/** What lies beside a file. Links are followed as far as they stay in its folder. */
export function placesBeside({ path, fileName, sha256 }: Source): ImagePlaces {
  const folder = dirname(path)
  let realFolder: Promise<string> | null = null
  return {
    fileName,
    sha256,
    source: `table ${path}`,
    find: async (name) => {
      try {
        const real = await realpath(join(folder, name))
        const inside = relative(await (realFolder ??= realpath(folder)), real)
        // On another drive there is no way from one to the other.
        if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside))
          return 'is a link that leads out of the folder'
        // What it leads to, and not another link that came in between.
        const stats = await lstat(real)
        return stats.isFile() ? imageFile(name, real, stats) : 'is no ordinary file'
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : undefined
        if (code === 'ENOENT' || code === 'ENOTDIR') return 'is not there'
        if (typeof code === 'string') return `cannot be read (${code})`
        throw error
      }
    }
  }
}

/** What is in an archive beside its table. */
export function placesInZip(source: Source, tableName: string, { images }: FoundFiles): ImagePlaces {
  const folder = tableName.slice(0, tableName.lastIndexOf('/') + 1)
  const byName = new Map(images.map((file) => [file.name, file]))
  return {
    fileName: `${source.fileName}/${tableName}`,
    sha256: source.sha256,
    source: `zip ${source.sha256} ${tableName}`,
    find: (name) => Promise.resolve(byName.get(folder + name) ?? 'is not there')
  }
}

/**
 * The table with images in place of the first column of text that names them: (nearly) all of its cells are called like
 * images, and of the first ones half are there. The paths, relative to the table and with `/` or `\` between folders, stay
 * behind them as `NAME file`. A row whose image is missing, leads elsewhere or cannot be decoded is a bad row. Null for a
 * table without such a column.
 * @throws DataFormatError `bad-row`, `table-too-large`, `too-many-files`, `no-rows`; Cancelled
 */
export async function withImages(
  content: TableContent,
  places: ImagePlaces,
  options: ReadOptions
): Promise<TableContent | null> {
  if (content.columns.some(({ type }) => type === 'image')) return null
  const column = await columnOfImages(content.columns, places)
  if (column === null) return null
  const { fileName } = places
  const { found, reasons } = await filesOf(column, places, options)
  const badRows = new BadRows(fileName, content, options.as?.badRows === 'skip')
  for (const [row, code] of column.codes.entries()) {
    const reason = code < 0 ? 'names no image' : reasons[code]
    if (reason !== undefined) badRows.check(row, reason)
  }
  const codes = [...found.keys()]
  const set = await readImageSet(
    [...found.values()],
    fileName,
    `${places.source} ${column.name}`,
    (place, reason) => {
      const code = codes[place] ?? -1
      reasons[code] = `names ${quoted(column, code)}, which cannot be read: ${reason}`
      badRows.check(column.codes.indexOf(code), reasons[code])
    },
    options
  )
  const placeOf = new Int32Array(column.categories.length).fill(-1)
  for (const [at, place] of set.places.entries()) placeOf[codes[place] ?? 0] = at
  const kept: number[] = []
  for (const [row, code] of column.codes.entries()) {
    if (code >= 0 && (placeOf[code] ?? -1) >= 0) kept.push(row)
    else badRows.skip(row, code < 0 ? 'names no image' : (reasons[code] ?? ''))
  }
  if (kept.length === 0) {
    throw new DataFormatError(
      'no-rows',
      `"${fileName}" has no rows whose images can be read; ${badRows.skipped.text()}. Put the images where it names them.`,
      { file: fileName }
    )
  }
  requireRoomForImages(fileName, kept.length, set.shape)
  const { width, height, channels } = set.shape
  const image: ImageColumn = {
    type: 'image',
    name: column.name,
    width,
    height,
    channels,
    pixels: rowPixels(
      set.pixels,
      kept.map((row) => placeOf[column.codes[row] ?? -1] ?? 0),
      imageSize(set.shape)
    )
  }
  const names = new Set(content.columns.map(({ name }) => name))
  const columns = content.columns.flatMap((each): Column[] => {
    const rows = rowsOfColumn(each, kept)
    return each === column && rows.type === 'category'
      ? [image, { ...rows, name: freeName(column.name, names), imageFiles: true }]
      : [rows]
  })
  return {
    ...content,
    rows: kept.length,
    columns,
    notices: [...content.notices, ...badRows.notices()],
    skipped: badRows.merged(),
    sha256: createHash('sha256')
      .update(places.sha256 + set.fingerprint)
      .digest('hex')
  }
}

/** Of a table that names images which are not there, or lead out of its folder: it is one of texts then. */
export function missingImagesNotices(columns: readonly Column[]): Notice[] {
  return columns.filter(isCalledLikeImages).map((column) => {
    const { name } = column
    const paths = column.type === 'category' ? column.categories : []
    const [first = ''] = paths
    const leadOut = paths.every((path) => relativeName(path).name === null)
    const where = leadOut
      ? `whose paths are refused ("${first.slice(0, 60)}" ${relativeName(first).reason})`
      : 'that are not there'
    return {
      code: 'images-not-found',
      severity: 'info',
      message: `"${name}" names images ${where}: it is read as text. To learn from the images, put them ${leadOut ? "into the table's folder, and name them" : 'where it says,'} relative to the table.`,
      columns: [name]
    }
  })
}

async function columnOfImages(columns: readonly Column[], places: ImagePlaces): Promise<CategoryColumn | null> {
  for (const column of columns) {
    if (column.type !== 'category' || !isCalledLikeImages(column)) continue
    const first = column.codes.subarray(0, 10 * firstCells).filter((code) => code >= 0)
    const names = [...new Set(first)].slice(0, firstCells).map((code) => relativeName(column.categories[code] ?? ''))
    const found = await Promise.all(
      names.map(async ({ name }) => name !== null && typeof (await places.find(name)) !== 'string')
    )
    if (2 * found.filter(Boolean).length >= found.length) return column
  }
  return null
}

function isCalledLikeImages(column: Column): boolean {
  if (column.type !== 'category') return false
  const { codes, categories } = column
  const isImage = (code: number): boolean => imageName.test((categories[code] ?? '').trim())
  // Most columns are known for what they are by a few cells.
  const first = codes.subarray(0, firstCells).filter((code) => code >= 0)
  if (2 * first.filter(isImage).length < first.length) return false
  const areImages = categories.map((_, code) => isImage(code))
  let [present, images] = [0, 0]
  for (const code of codes) {
    if (code < 0) continue
    present++
    if (areImages[code] === true) images++
  }
  return present > 0 && images >= leastShare * present
}

/** A path as the table has it, as one that is safe on every system; or why it is not. */
function relativeName(text: string): { readonly name: string | null; readonly reason: string } {
  const name = text
    .trim()
    .replaceAll('\\', '/')
    .replace(/^(\.\/+)+/, '')
  const reason = unsafeName(name)
  return reason === null ? { name, reason: '' } : { name: null, reason }
}

/**
 * The files of a column's different cells by their code, in the order of the rows, and why others have none. Where bad rows
 * are not left out, it ends with the first ones: nobody waits for thousands more that are not there.
 */
async function filesOf(
  column: CategoryColumn,
  places: ImagePlaces,
  { signal, as }: ReadOptions
): Promise<{ found: ReadonlyMap<number, ImageFile>; reasons: (string | undefined)[] }> {
  const codes = [...new Set(column.codes)].filter((code) => code >= 0)
  const found = new Map<number, ImageFile>()
  const reasons: (string | undefined)[] = column.categories.map(() => undefined)
  for (let from = 0; from < codes.length; from += searchedAtOnce) {
    if (signal?.aborted) throw new Cancelled()
    const some = codes.slice(from, from + searchedAtOnce)
    const files = await Promise.all(
      some.map(async (code) => {
        const { name, reason } = relativeName(column.categories[code] ?? '')
        return name === null ? `is refused: it ${reason}` : places.find(name)
      })
    )
    for (const [at, file] of files.entries()) {
      const code = some[at] ?? -1
      if (typeof file === 'string') reasons[code] = `names ${quoted(column, code)}, which ${file}`
      else found.set(code, { ...file, read: readOrBad(file) })
    }
    if (found.size > mostImageFiles) {
      throw new DataFormatError(
        'too-many-files',
        `"${places.fileName}" names over ${mostImageFiles} images. Open a table with fewer.`,
        { file: places.fileName }
      )
    }
    if (as?.badRows !== 'skip' && some.some((code) => reasons[code] !== undefined)) break
  }
  return { found, reasons }
}

/** A file that is gone by the time it is read concerns its rows alone. */
function readOrBad(file: ImageFile): ImageFile['read'] {
  return async (signal) => {
    try {
      return await file.read(signal)
    } catch (error) {
      if (error instanceof DataFormatError) throw new UnreadableImage(error.message)
      throw error
    }
  }
}

function quoted({ categories }: CategoryColumn, code: number): string {
  const text = categories[code] ?? ''
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text)
}

/** The images of rows, of which several may show the same one. */
function rowPixels(pixels: Uint8Array, places: readonly number[], size: number): Uint8Array {
  if (places.length * size === pixels.length && places.every((place, row) => place === row)) return pixels
  const all = new Uint8Array(places.length * size)
  for (const [row, place] of places.entries()) all.set(pixels.subarray(place * size, (place + 1) * size), row * size)
  return all
}

function rowsOfColumn(column: Column, rows: readonly number[]): Column {
  if (column.type === 'image') throw new Error('a table of images was read as one that names them')
  if (column.type === 'number') {
    return rows.length === column.values.length
      ? column
      : { ...column, values: Float64Array.from(rows, (row) => column.values[row] ?? NaN) }
  }
  if (rows.length === column.codes.length) return column
  return { ...column, codes: Int32Array.from(rows, (row) => column.codes[row] ?? -1) }
}

function freeName(column: string, taken: ReadonlySet<string>): string {
  const base = `${column.slice(0, MAX_COLUMN_NAME - 10)} file`
  if (!taken.has(base)) return base
  for (let number = 2; ; number++) if (!taken.has(`${base}_${number}`)) return `${base}_${number}`
}

/** Rows without an image: the first of them ends it all, or they are left out and listed. */
class BadRows {
  readonly skipped = new SkippedList()

  constructor(
    private readonly fileName: string,
    private readonly content: TableContent,
    private readonly maySkip: boolean
  ) {}

  /** @throws DataFormatError `bad-row`, unless such rows are left out */
  check(row: number, reason: string): void {
    if (this.maySkip) return
    const line = this.lineOf(row)
    const where = this.content.lines === undefined ? 'row' : 'line'
    throw new DataFormatError(
      'bad-row',
      `"${this.fileName}", ${where} ${line} ${reason}. Correct it and open the file again, or have such rows skipped (on the command line: --bad-rows skip).`,
      { file: this.fileName, line }
    )
  }

  skip(row: number, reason: string): void {
    this.skipped.add(this.lineOf(row), reason)
  }

  notices(): Notice[] {
    return this.skipped.notices().map((notice) => ({ ...notice, code: 'skipped-images' }))
  }

  /** With the rows that could not be read before. */
  merged(): TableContent['skipped'] {
    const before = this.content.skipped
    const own = this.skipped.finish()
    const rows = [...before.rows, ...own.rows].sort((a, b) => a.line - b.line).slice(0, maxSkippedRows)
    return { count: before.count + own.count, rows }
  }

  private lineOf(row: number): number {
    return this.content.lines?.lineOf(row) ?? row + 1
  }
}
