/**
 * Images as they were decoded before, in a folder that the host sets aside: opening a dataset again decodes only what has
 * changed. A file for each dataset and each way to read it:
 *
 *     8 bytes magic and version, 4 bytes length of the header, header in JSON, pixels of all images, 4 bytes CRC-32 of all before
 *
 * What is damaged, or of another version, counts as not there. A cache that cannot be written is none: nobody is told.
 */
import { createHash, randomUUID } from 'node:crypto'
import { lstat, mkdir, open, readdir, rename, rm, utimes, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import * as v from 'valibot'
import { imageFits, MAX_IMAGE_SIDE } from '../../shared/read-as'
import { imageSize } from '../table'
import type { ImageShape } from './image-decode'

/** Bytes of all files in the folder; those that were used longest ago go first. */
const mostBytes = 2 * 2 ** 30
/** To be changed when images are decoded otherwise than before. */
const magic = Buffer.from('BPSIMG01', 'latin1')
const fileName = /^images-[0-9a-f]{32}\.cache$/
const leftover = /^images-[0-9a-f]{32}\.cache\.[0-9a-f-]{36}\.tmp$/
/** A file that is being written is no older, in milliseconds. */
const longestWrite = 3_600_000
const mostHeaderBytes = 2 ** 28
/** Pieces that are written at a time. */
const pieceBytes = 4 * 2 ** 20

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(1))
const side = v.pipe(whole, v.maxValue(MAX_IMAGE_SIDE))

const entrySchema = v.strictObject({
  /** Inside the dataset. */
  name: v.string(),
  /** Differs when the file does. */
  version: v.string(),
  /** Of the file's bytes. */
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  width: whole,
  height: whole,
  isGrey: v.boolean()
})
export type CachedImage = Readonly<v.InferOutput<typeof entrySchema>>

const headerSchema = v.strictObject({
  key: v.string(),
  shape: v.strictObject({
    width: side,
    height: side,
    channels: v.picklist([1, 3]),
    fit: v.picklist(imageFits)
  }),
  images: v.array(entrySchema)
})

export interface CachedImages {
  readonly shape: ImageShape
  /** Their pixels stand in this order. */
  readonly images: readonly CachedImage[]
  /** [images, channels, height, width] */
  readonly pixels: Uint8Array
}

/** The images of one dataset, read in one way. */
export class ImageCache {
  private readonly path: string

  /** @param key tells the dataset, and how it is to be read, from all others */
  constructor(
    private readonly folder: string,
    private readonly key: string,
    private readonly limit = mostBytes
  ) {
    this.path = join(folder, `images-${createHash('sha256').update(key).digest('hex').slice(0, 32)}.cache`)
  }

  /** What was kept, or null. */
  async load(): Promise<CachedImages | null> {
    try {
      // Before it is opened: opening a pipe would wait for somebody to write to it.
      if (!(await lstat(this.path)).isFile()) return null
      const file = await open(this.path, 'r')
      try {
        const found = await read(file)
        if (found?.key !== this.key) return null
        const now = new Date()
        await utimes(this.path, now, now)
        return found
      } finally {
        await file.close()
      }
    } catch {
      return null
    }
  }

  /** Keeps them in place of what was kept. */
  async save(kept: CachedImages): Promise<void> {
    const temporary = `${this.path}.${randomUUID()}.tmp`
    try {
      await mkdir(this.folder, { recursive: true })
      try {
        await write(temporary, kept, this.key)
        await rename(temporary, this.path)
      } catch (error) {
        await rm(temporary, { force: true })
        throw error
      }
      await this.tidy()
    } catch {
      // A full disk, a folder that is not there: the images are decoded again next time.
    }
  }

  private async tidy(): Promise<void> {
    const found: { path: string; bytes: number; used: number }[] = []
    for (const name of await readdir(this.folder)) {
      const path = join(this.folder, name)
      if (!fileName.test(name) && !leftover.test(name)) continue
      const stats = await lstat(path)
      if (fileName.test(name)) found.push({ path, bytes: stats.size, used: stats.mtimeMs })
      else if (Date.now() - stats.mtimeMs > longestWrite) await rm(path, { force: true })
    }
    found.sort((a, b) => b.used - a.used)
    let bytes = 0
    for (const each of found) {
      bytes += each.bytes
      if (bytes > this.limit) await rm(each.path, { force: true })
    }
  }
}

/** Null for what is no such file, or damaged. */
async function read(file: FileHandle): Promise<(CachedImages & { readonly key: string }) | null> {
  const { size } = await file.stat()
  const start = Buffer.alloc(magic.length + 4)
  const startSum = await fill(file, start, 0, 0)
  const headerBytes = start.readUInt32LE(magic.length)
  if (!start.subarray(0, magic.length).equals(magic) || headerBytes > Math.min(size, mostHeaderBytes)) return null
  const text = Buffer.alloc(headerBytes)
  const textSum = await fill(file, text, start.length, startSum)
  const parsed = v.safeParse(headerSchema, JSON.parse(text.toString('utf8')))
  if (!parsed.success) return null
  const { key, shape, images } = parsed.output
  const pixelBytes = images.length * imageSize(shape)
  const at = start.length + headerBytes
  // Before there is memory for what is claimed.
  if (size !== at + pixelBytes + 4) return null
  const pixels = new Uint8Array(pixelBytes)
  const sum = await fill(file, pixels, at, textSum)
  const end = Buffer.alloc(4)
  await fill(file, end, at + pixelBytes, 0)
  if (end.readUInt32LE(0) !== sum) return null
  return { key, shape, images, pixels }
}

/**
 * In pieces, between which others get their turns.
 * @returns the CRC-32 of what stood before, `sum`, and of these bytes
 * @throws RangeError when the file ends before
 */
async function fill(file: FileHandle, into: Uint8Array, position: number, sum: number): Promise<number> {
  let total = sum
  for (let at = 0; at < into.length;) {
    const { bytesRead } = await file.read(into, at, Math.min(into.length - at, pieceBytes), position + at)
    if (bytesRead === 0) throw new RangeError('the file ends early')
    total = crc32(into.subarray(at, at + bytesRead), total)
    at += bytesRead
  }
  return total
}

async function write(path: string, { shape, images, pixels }: CachedImages, key: string): Promise<void> {
  const text = Buffer.from(JSON.stringify({ key, shape, images }), 'utf8')
  const start = Buffer.alloc(magic.length + 4)
  magic.copy(start)
  start.writeUInt32LE(text.length, magic.length)
  const file = await open(path, 'wx', 0o600)
  try {
    let sum = 0
    const put = async (part: Uint8Array): Promise<void> => {
      for (let at = 0; at < part.length;) {
        const { bytesWritten } = await file.write(part, at, Math.min(part.length - at, pieceBytes))
        sum = crc32(part.subarray(at, at + bytesWritten), sum)
        at += bytesWritten
      }
    }
    for (const part of [start, text, pixels]) await put(part)
    const end = Buffer.alloc(4)
    end.writeUInt32LE(sum)
    await put(end)
  } finally {
    await file.close()
  }
}
