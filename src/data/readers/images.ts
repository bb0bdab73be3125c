/**
 * Images in a folder, or in a zip archive, with a folder inside for each class: columns `image`, `label` (the name of the
 * folder) and `file`. An archive may hold a table that names its images instead.
 */
import { basename, resolve } from 'node:path'
import { DataFormatError } from '../../shared/errors'
import type { Notice } from '../../shared/views'
import { compareCodePoints } from '../numbers'
import { listNames, maxSkippedRows, type CategoryColumn, type Column, type SkippedRows } from '../table'
import { firstEntryName, withZip, type ZipLimits } from '../zip'
import { classesOf, filesOfFolder, filesOfZip, type FoundFiles } from './image-files'
import { readImageSet } from './image-set'
import { tableOfZip } from './image-zip-table'
import type { Reader, ReadOptions, TableContent } from './reader'

/** Every file is read twice: for its size, then for its pixels. */
const zipLimits: ZipLimits = { entries: 250_000, bytes: 16 * 2 ** 30, ratio: 1100 }

/** @throws DataFormatError `no-images`, `bad-image`, `too-many-files`, `table-too-large`; Cancelled */
export async function readImageFolder(
  path: string,
  options: ReadOptions
): Promise<TableContent & { readonly fileName: string; readonly sha256: string }> {
  const folder = resolve(path)
  const fileName = basename(folder)
  const found = await filesOfFolder(folder, fileName, options.signal)
  const { content, fingerprint } = await readImages(found, fileName, `folder ${folder}`, options)
  return { ...content, fileName, sha256: fingerprint }
}

export const imageZipReader: Reader = {
  name: 'images',
  label: 'Zip archive of images',
  extensions: ['.zip'],
  recognizes: ({ sample, fileName }) => firstEntryName(sample) !== null && fileName.toLowerCase().endsWith('.zip'),
  read: (source, options) =>
    withZip(source.path, zipLimits, options.signal, async (zip) => {
      const found = filesOfZip(zip)
      const { content: table, notices, told } = await tableOfZip(source, zip, found, options)
      if (table !== null) return table
      const rest = { ...found, others: found.others.filter((name) => !told.includes(name)) }
      const { content } = await readImages(rest, source.fileName, `zip ${source.sha256}`, options)
      return { ...content, notices: [...content.notices, ...notices] }
    })
}

/** @param source tells the folder or archive from all others */
async function readImages(
  { images, others }: FoundFiles,
  fileName: string,
  source: string,
  options: ReadOptions
): Promise<{ content: TableContent; fingerprint: string }> {
  const skipped = new SkippedImages(fileName, options.as?.badRows === 'stop')
  const unreadable = (place: number, reason: string): void => skipped.add(place, images[place]?.name ?? '', reason)
  const { shape, places, pixels, fingerprint } = await readImageSet(images, fileName, source, unreadable, options)
  if (places.length === 0) throw noImages(fileName, skipped)
  const { width, height, channels } = shape
  const names = places.map((place) => images[place]?.name ?? '')
  return {
    content: {
      rows: places.length,
      columns: [{ type: 'image', name: 'image', width, height, channels, pixels }, ...nameColumns(names)],
      duplicateNames: [],
      notices: [...skipped.notices(), ...otherFiles(others)],
      format: { kind: 'images', ...shape },
      skipped: skipped.rows()
    },
    fingerprint
  }
}

/** `label`, where there are classes, and `file`. */
function nameColumns(names: readonly string[]): Column[] {
  const classes = classesOf(names)
  const file: Column = { ...categories('file', names), imageFiles: true }
  return classes.every((each) => each === null) ? [file] : [categories('label', classes), file]
}

function categories(name: string, cells: readonly (string | null)[]): CategoryColumn {
  const different = [...new Set(cells.filter((cell) => cell !== null))].sort(compareCodePoints)
  const codeOf = new Map(different.map((each, code) => [each, code]))
  const codes = Int32Array.from(cells, (cell) => (cell === null ? -1 : (codeOf.get(cell) ?? -1)))
  return { type: 'category', name, codes, categories: different }
}

/** Images that cannot be read: left out and listed, or the end of it all. */
class SkippedImages {
  private readonly found: { readonly line: number; readonly reason: string }[] = []

  constructor(
    private readonly fileName: string,
    private readonly stop: boolean
  ) {}

  get reasons(): readonly string[] {
    return this.found.map(({ reason }) => reason)
  }

  /** @param place of the file among all images @throws DataFormatError `bad-image` */
  add(place: number, name: string, why: string): void {
    const reason = `${name}: ${why}`
    if (this.stop) {
      throw new DataFormatError(
        'bad-image',
        `"${this.fileName}", image ${reason}. Mend or remove it, or have such images left out.`,
        { file: this.fileName, image: name }
      )
    }
    this.found.push({ line: place + 1, reason })
  }

  rows(): SkippedRows {
    const sorted = [...this.found].sort((a, b) => a.line - b.line)
    return { count: sorted.length, rows: sorted.slice(0, maxSkippedRows) }
  }

  notices(): Notice[] {
    const { count, rows } = this.rows()
    if (count === 0) return []
    const shown = rows.slice(0, 3).map(({ reason }) => reason)
    const more = count > shown.length ? `; and ${count - shown.length} more` : ''
    return [
      {
        code: 'skipped-images',
        severity: 'warning',
        message: `${count} ${count === 1 ? 'image' : 'images'} could not be read and ${count === 1 ? 'is' : 'are'} left out: ${shown.join('; ')}${more}.`,
        columns: []
      }
    ]
  }
}

function otherFiles(names: readonly string[]): Notice[] {
  if (names.length === 0) return []
  const message = `Passed over, since they are not called like images: ${listNames(names, 6)}.`
  return [{ code: 'other-files', severity: 'info', message, columns: [] }]
}

function noImages(fileName: string, { reasons }: SkippedImages): DataFormatError {
  const why = reasons.length === 0 ? '' : ` (${reasons.slice(0, 3).join('; ')})`
  return new DataFormatError(
    'no-images',
    `"${fileName}" holds no image that can be read${why}. Choose a folder or zip archive with PNG, JPEG, WebP, BMP, GIF or TIFF images, one folder inside for each class; or open a table by itself.`,
    { file: fileName }
  )
}
