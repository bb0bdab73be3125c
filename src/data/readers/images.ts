/**
 * Images in a folder, or in a zip archive, with a folder inside for each class: columns `image`, `label` (the name of the
 * folder) and `file`. They are decoded two at a time, and only their pixels of the common size are kept.
 */
import { createHash } from 'node:crypto'
import { basename, resolve } from 'node:path'
import { DataFormatError } from '../../shared/errors'
import type { ReadAs } from '../../shared/read-as'
import type { Notice } from '../../shared/views'
import { compareCodePoints } from '../numbers'
import {
  imageSize,
  listNames,
  maxSkippedRows,
  type CategoryColumn,
  type Column,
  type ImageColumn,
  type SkippedRows
} from '../table'
import { firstEntryName, withZip, type ZipLimits } from '../zip'
import { decodeImage, requireDecodable, UnreadableImage, type ImageShape } from './image-decode'
import { classesOf, filesOfFolder, filesOfZip, mostFileBytes, type FoundFiles, type ImageFile } from './image-files'
import { imageHeader, type ImageHeader } from './image-header'
import type { Reader, ReadOptions, TableContent } from './reader'

/** Bytes of all images together, as they are kept. */
const mostBytes = 2 ** 30
/** Side of the images where nothing else is said and they are not all of one size. */
const usualSide = 32
/** Images that are all of one size keep it up to this side. */
const mostOwnSide = 64
/** Images decoded at a time: each may take hundreds of megabytes for a moment. */
const atATime = 2

/** Every file is read twice: for its size, then for its pixels. */
const zipLimits: ZipLimits = { entries: 250_000, bytes: 16 * 2 ** 30, ratio: 1100 }

interface Measured {
  readonly file: ImageFile
  readonly header: ImageHeader
}

/** @throws DataFormatError `no-images`, `bad-image`, `too-many-files`, `table-too-large`; Cancelled */
export async function readImageFolder(
  path: string,
  options: ReadOptions
): Promise<TableContent & { readonly fileName: string; readonly sha256: string }> {
  const folder = resolve(path)
  const fileName = basename(folder)
  const found = await filesOfFolder(folder, fileName, options.signal)
  const { content, fingerprint } = await readImages(found, fileName, options)
  return { ...content, fileName, sha256: fingerprint }
}

export const imageZipReader: Reader = {
  name: 'images',
  label: 'Zip archive of images',
  extensions: ['.zip'],
  recognizes: ({ sample, fileName }) => firstEntryName(sample) !== null && fileName.toLowerCase().endsWith('.zip'),
  read: ({ path, fileName }, options) =>
    withZip(path, zipLimits, options.signal, async (zip) => {
      const { content } = await readImages(filesOfZip(zip), fileName, options)
      return content
    })
}

async function readImages(
  { images, others }: FoundFiles,
  fileName: string,
  { signal, onProgress, as = {} }: ReadOptions
): Promise<{ content: TableContent; fingerprint: string }> {
  const skipped = new SkippedImages(fileName, as.badRows === 'stop')
  const totalBytes = 2 * images.reduce((sum, { bytes }) => sum + bytes, 0)
  let bytes = 0
  const advance = (more: number, rows: number): void => {
    bytes += more
    onProgress?.({ bytes, totalBytes, rows })
  }
  const hash = createHash('sha256')
  const measured: Measured[] = []
  for (const [index, file] of images.entries()) {
    await skipped.unless(index, file, async () => {
      if (file.bytes > mostFileBytes) throw new UnreadableImage(`it has ${file.bytes} bytes`)
      const content = await file.read(signal)
      hash.update(`${file.name}\n${createHash('sha256').update(content).digest('hex')}\n`)
      measured.push({ file, header: requireDecodable(imageHeader(content), content) })
    })
    advance(file.bytes, 0)
  }
  const shape = shapeOf(measured, as.image)
  const size = imageSize(shape)
  if (measured.length * size > mostBytes) throw tooLarge(fileName, measured.length, shape)

  const pixels = new Uint8Array(measured.length * size)
  const isRead = new Uint8Array(measured.length)
  const places = new Map(images.map((file, index) => [file, index]))
  let rows = 0
  const queue = measured.entries()
  const work = async (): Promise<void> => {
    for (const [place, { file }] of queue) {
      await skipped.unless(places.get(file) ?? 0, file, async () => {
        pixels.set(await decodeImage(await file.read(signal), shape), place * size)
        isRead[place] = 1
        rows++
      })
      advance(file.bytes, rows)
    }
  }
  await Promise.all(Array.from({ length: atATime }, work))
  if (rows === 0) throw noImages(fileName, skipped)

  const kept = measured.filter((_, place) => isRead[place] === 1).map(({ file }) => file.name)
  const column = imageColumn(pixels, isRead, rows, shape)
  return {
    content: {
      rows,
      columns: [column, ...nameColumns(kept)],
      duplicateNames: [],
      notices: [...skipped.notices(), ...otherFiles(others)],
      format: { kind: 'images', ...shape },
      skipped: skipped.rows()
    },
    fingerprint: hash.digest('hex')
  }
}

/** What was said, else what the images have in common. */
function shapeOf(measured: readonly Measured[], said: ReadAs['image'] = {}): ImageShape {
  const [first] = measured
  const { width = usualSide, height = usualSide } = first?.header ?? {}
  const isCommon = measured.every(({ header }) => header.width === width && header.height === height)
  const keepsSize = isCommon && width <= mostOwnSide && height <= mostOwnSide
  const isGrey = measured.every(({ header }) => header.isGrey)
  return {
    width: said.width ?? (keepsSize ? width : usualSide),
    height: said.height ?? (keepsSize ? height : usualSide),
    channels: said.channels ?? (isGrey ? 1 : 3),
    fit: said.fit ?? 'stretch'
  }
}

/** Without the places of images that could not be decoded. */
function imageColumn(pixels: Uint8Array, isRead: Uint8Array, rows: number, shape: ImageShape): ImageColumn {
  const { width, height, channels } = shape
  const size = imageSize(shape)
  let to = 0
  for (const [place, read] of isRead.entries()) {
    if (read === 0) continue
    if (to !== place) pixels.copyWithin(to * size, place * size, (place + 1) * size)
    to++
  }
  return { type: 'image', name: 'image', width, height, channels, pixels: pixels.slice(0, rows * size) }
}

/** `label`, where there are classes, and `file`. */
function nameColumns(names: readonly string[]): Column[] {
  const classes = classesOf(names)
  const file = categories('file', names)
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

  /** @param index of the file among all images @throws DataFormatError `bad-image`, and all but UnreadableImage */
  async unless(index: number, file: ImageFile, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof UnreadableImage)) throw error
      const reason = `${file.name}: ${error.message}`
      if (this.stop) {
        throw new DataFormatError(
          'bad-image',
          `"${this.fileName}", image ${reason}. Mend or remove it, or have such images left out.`,
          { file: this.fileName, image: file.name }
        )
      }
      this.found.push({ line: index + 1, reason })
    }
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
    `"${fileName}" holds no image that can be read${why}. Choose a folder or zip archive with PNG, JPEG, WebP, BMP or TIFF images, one folder inside for each class; or open a table by itself.`,
    { file: fileName }
  )
}

function tooLarge(fileName: string, count: number, { width, height, channels }: ImageShape): DataFormatError {
  return new DataFormatError(
    'table-too-large',
    `"${fileName}" has ${count} images, which are more than ${mostBytes} bytes at ${width}×${height} with ${channels} ${channels === 1 ? 'channel' : 'channels'}. Choose a smaller size.`,
    { file: fileName }
  )
}
