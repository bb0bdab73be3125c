/** Image files brought to one size. They are decoded two at a time, and only their pixels of that size are kept. */
import { createHash } from 'node:crypto'
import { DataFormatError } from '../../shared/errors'
import type { ReadAs } from '../../shared/read-as'
import { imageSize } from '../table'
import { ImageCache, type CachedImages } from './image-cache'
import { decodeImage, requireDecodable, type ImageShape } from './image-decode'
import { mostFileBytes, type ImageFile } from './image-files'
import { imageHeader, type ImageHeader } from './image-header'
import { UnreadableImage } from './image-unreadable'
import type { ReadOptions } from './reader'

/** Bytes of all images together, as they are kept. */
const mostBytes = 2 ** 30
/** Side of the images where nothing else is said and they are not all of one size. */
const usualSide = 32
/** Images that are all of one size keep it up to this side. */
const mostOwnSide = 64
/** Images decoded at a time: each may take hundreds of megabytes for a moment. */
const atATime = 2

export interface ImageSet {
  readonly shape: ImageShape
  /** Places, among the files, of those that could be read; ascending. */
  readonly places: readonly number[]
  /** [places, channels, height, width] */
  readonly pixels: Uint8Array
  /** SHA-256 of the names of the files and their own SHA-256. */
  readonly fingerprint: string
}

/** What is known of a file before its pixels are. */
interface Measured {
  readonly place: number
  readonly file: ImageFile
  readonly header: Pick<ImageHeader, 'width' | 'height' | 'isGrey'>
  readonly sha256: string
  /** Its place in the cache, or null. */
  readonly cached: number | null
}

/**
 * @param fileName for messages
 * @param source tells the folder or archive from all others, for the cache
 * @param unreadable told of each file that cannot be read; ends it all by throwing
 * @throws DataFormatError `table-too-large`; Cancelled
 */
export async function readImageSet(
  files: readonly ImageFile[],
  fileName: string,
  source: string,
  unreadable: (place: number, reason: string) => void,
  { signal, onProgress, as = {}, cacheFolder }: ReadOptions
): Promise<ImageSet> {
  const cache = cacheFolder === undefined ? null : new ImageCache(cacheFolder, JSON.stringify([source, as.image ?? {}]))
  const kept = (await cache?.load()) ?? null
  const placeInCache = new Map(kept?.images.map(({ name }, place) => [name, place]))
  const totalBytes = 2 * files.reduce((sum, { bytes }) => sum + bytes, 0)
  let bytes = 0
  const advance = (more: number, rows: number): void => {
    bytes += more
    onProgress?.({ bytes, totalBytes, rows })
  }
  const attempt = async (place: number, work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof UnreadableImage)) throw error
      unreadable(place, error.message)
    }
  }

  const hash = createHash('sha256')
  const measured: Measured[] = []
  for (const [place, file] of files.entries()) {
    await attempt(place, async () => {
      if (file.bytes > mostFileBytes) throw new UnreadableImage(`it has ${file.bytes} bytes`)
      const cached = placeInCache.get(file.name)
      const before = cached === undefined ? undefined : kept?.images[cached]
      if (cached !== undefined && before !== undefined && before.version === file.version) {
        hash.update(`${file.name}\n${before.sha256}\n`)
        measured.push({ place, file, header: before, sha256: before.sha256, cached })
        return
      }
      const content = await file.read(signal)
      const sha256 = createHash('sha256').update(content).digest('hex')
      hash.update(`${file.name}\n${sha256}\n`)
      const header = requireDecodable(imageHeader(content), content)
      measured.push({ place, file, header, sha256, cached: null })
    })
    advance(file.bytes, 0)
  }
  const shape = shapeOf(measured, as.image)
  const size = imageSize(shape)
  requireRoomForImages(fileName, measured.length, shape)

  const same = kept !== null && isSameShape(kept.shape, shape) ? kept : null
  const isUnchanged = same?.images.length === measured.length && measured.every(({ cached }, at) => cached === at)
  const all = same !== null && isUnchanged ? same.pixels : new Uint8Array(measured.length * size)
  const isRead = new Uint8Array(measured.length)
  let rows = 0
  let decoded = 0
  const queue = measured.entries()
  const work = async (): Promise<void> => {
    for (const [at, { place, file, cached }] of queue) {
      if (same !== null && cached !== null) {
        if (all !== same.pixels) all.set(same.pixels.subarray(cached * size, (cached + 1) * size), at * size)
        isRead[at] = 1
        rows++
      } else {
        await attempt(place, async () => {
          all.set(await decodeImage(await file.read(signal), shape), at * size)
          isRead[at] = 1
          decoded++
          rows++
        })
      }
      advance(file.bytes, rows)
    }
  }
  await Promise.all(Array.from({ length: atATime }, work))

  const read = measured.filter((_, at) => isRead[at] === 1)
  const pixels = withoutUnread(all, isRead, rows, size)
  if (decoded > 0 && cache !== null) await keep(cache, read, shape, pixels)
  return { shape, places: read.map(({ place }) => place), pixels, fingerprint: hash.digest('hex') }
}

/**
 * Before memory is taken for that many images.
 * @throws DataFormatError `table-too-large`
 */
export function requireRoomForImages(fileName: string, count: number, shape: ImageShape): void {
  if (count * imageSize(shape) <= mostBytes) return
  const { width, height, channels } = shape
  throw new DataFormatError(
    'table-too-large',
    `"${fileName}" has ${count} images, which are more than ${mostBytes} bytes at ${width}×${height} with ${channels} ${channels === 1 ? 'channel' : 'channels'}. Choose a smaller size.`,
    { file: fileName }
  )
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

function isSameShape(a: ImageShape, b: ImageShape): boolean {
  return a.width === b.width && a.height === b.height && a.channels === b.channels && a.fit === b.fit
}

/** Without the places of images that could not be decoded. */
function withoutUnread(pixels: Uint8Array, isRead: Uint8Array, rows: number, size: number): Uint8Array {
  if (rows === isRead.length) return pixels
  let to = 0
  for (const [at, read] of isRead.entries()) {
    if (read === 0) continue
    if (to !== at) pixels.copyWithin(to * size, at * size, (at + 1) * size)
    to++
  }
  return pixels.slice(0, rows * size)
}

/** Images of files that could change unseen are not kept. */
async function keep(
  cache: ImageCache,
  read: readonly Measured[],
  shape: ImageShape,
  pixels: Uint8Array
): Promise<void> {
  const images: CachedImages['images'][number][] = []
  const size = imageSize(shape)
  const isKept = new Uint8Array(read.length)
  for (const [at, { file, header, sha256 }] of read.entries()) {
    if (file.version === null) continue
    const { width, height, isGrey } = header
    images.push({ name: file.name, version: file.version, sha256, width, height, isGrey })
    isKept[at] = 1
  }
  if (images.length === 0) return
  const own = images.length === read.length ? pixels : withoutUnread(pixels.slice(), isKept, images.length, size)
  await cache.save({ shape, images, pixels: own })
}
