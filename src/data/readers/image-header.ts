/** What the first bytes of an image file say of it, read before anything is decoded. */

export interface ImageHeader {
  readonly format: 'PNG' | 'JPEG' | 'WebP' | 'BMP' | 'TIFF' | 'GIF'
  /** As the image is to be seen, turned. */
  readonly width: number
  readonly height: number
  /** Certainly without colours. */
  readonly isGrey: boolean
  /** How the pixels are to be turned (Exif 2.32, tag 274): 1 not at all, from 5 on width and height change places. */
  readonly orientation: number
}

type Found = Omit<ImageHeader, 'orientation'> & { readonly orientation?: number }

/** Null for what is none of those formats, or too short to tell. */
export function imageHeader(bytes: Buffer): ImageHeader | null {
  try {
    const found = readers.map((read) => read(bytes)).find((header) => header !== null) ?? null
    if (found === null) return null
    const { width, height, orientation = 1 } = found
    return orientation < 5 ? { ...found, orientation } : { ...found, orientation, width: height, height: width }
  } catch (error) {
    // A header that leads beyond the end of the file.
    if (error instanceof RangeError) return null
    throw error
  }
}

const readers: readonly ((bytes: Buffer) => Found | null)[] = [png, jpeg, webp, bmp, tiff, gif]

function startsWith(bytes: Buffer, text: string, at = 0): boolean {
  return bytes.toString('latin1', at, at + text.length) === text
}

/** IHDR comes first (PNG specification, 11.2.2); colour types 0 and 4 are grey. */
function png(bytes: Buffer): Found | null {
  if (!startsWith(bytes, '\x89PNG\r\n\x1a\n') || !startsWith(bytes, 'IHDR', 12)) return null
  const colourType = bytes.readUInt8(25)
  const isGrey = colourType === 0 || colourType === 4
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
  return { format: 'PNG', width, height, isGrey, orientation: pngOrientation(bytes) }
}

/** Of the chunk eXIf, which may stand before or behind the pixels (PNG specification, third edition, 11.3.3.7). */
function pngOrientation(bytes: Buffer): number {
  for (let at = 8; at + 12 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    if (startsWith(bytes, 'eXIf', at + 4)) return exifOrientation(bytes.subarray(at + 8))
  }
  return 1
}

/** The frame header, SOF0 to SOF15 but for three codes that mean something else (ITU-T T.81, table B.1). */
function jpeg(bytes: Buffer): Found | null {
  if (bytes.readUInt16BE(0) !== 0xffd8) return null
  let orientation = 1
  for (let at = 2; ;) {
    if (bytes.readUInt8(at) !== 0xff) return null
    const marker = bytes.readUInt8(at + 1)
    if (marker === 0xff) {
      at++
      continue
    }
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      const [height, width] = [bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7)]
      return { format: 'JPEG', width, height, isGrey: bytes.readUInt8(at + 9) === 1, orientation }
    }
    // Pictures do not begin before their frame header.
    if (marker === 0xd9 || marker === 0xda) return null
    if (marker === 0xe1 && startsWith(bytes, 'Exif\0\0', at + 4)) orientation = exifOrientation(bytes.subarray(at + 10))
    at += 2 + bytes.readUInt16BE(at + 2)
  }
}

/** Lossy, lossless or extended (RFC 9649, 2.5 to 2.7). */
function webp(bytes: Buffer): Found | null {
  if (!startsWith(bytes, 'RIFF') || !startsWith(bytes, 'WEBP', 8)) return null
  const made = (width: number, height: number): Found => ({ format: 'WebP', width, height, isGrey: false })
  if (startsWith(bytes, 'VP8 ', 12)) return made(bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff)
  if (startsWith(bytes, 'VP8L', 12)) {
    const bits = bytes.readUInt32LE(21)
    return made((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1)
  }
  if (!startsWith(bytes, 'VP8X', 12)) return null
  return {
    ...made(bytes.readUIntLE(24, 3) + 1, bytes.readUIntLE(27, 3) + 1),
    orientation: webpOrientation(bytes)
  }
}

/** Of the chunk EXIF (RFC 9649, 2.7.1.5), which some programs begin as in a JPEG. */
function webpOrientation(bytes: Buffer): number {
  for (let at = 12; at + 8 <= bytes.length;) {
    const length = bytes.readUInt32LE(at + 4)
    if (startsWith(bytes, 'EXIF', at)) {
      return exifOrientation(bytes.subarray(at + (startsWith(bytes, 'Exif\0\0', at + 8) ? 14 : 8)))
    }
    at += 8 + length + (length % 2)
  }
  return 1
}

/** A height below 0 says that lines stand from the top to the bottom. */
function bmp(bytes: Buffer): Found | null {
  if (!startsWith(bytes, 'BM')) return null
  const isOld = bytes.readUInt32LE(14) === 12
  const [width, height] = isOld
    ? [bytes.readUInt16LE(18), bytes.readUInt16LE(20)]
    : [bytes.readInt32LE(18), Math.abs(bytes.readInt32LE(22))]
  return { format: 'BMP', width, height, isGrey: false }
}

/** The first directory's tags 256, 257, 262 and 274 (TIFF 6.0, section 3); photometric 0 and 1 are grey. */
function tiff(bytes: Buffer): Found | null {
  const tags = directoryTags(bytes)
  const [width, height] = [tags?.get(256), tags?.get(257)]
  if (width === undefined || height === undefined) return null
  const isGrey = (tags?.get(262) ?? 2) <= 1
  return { format: 'TIFF', width, height, isGrey, orientation: checkedOrientation(tags?.get(274)) }
}

/** Exif is a TIFF of its own. One that is damaged says nothing; the pixels are there all the same. */
function exifOrientation(exif: Buffer): number {
  try {
    return checkedOrientation(directoryTags(exif)?.get(274))
  } catch (error) {
    if (error instanceof RangeError) return 1
    throw error
  }
}

function checkedOrientation(value = 1): number {
  return value >= 1 && value <= 8 ? value : 1
}

/** Numbers of the first directory of a TIFF by their tag; null for what is none. */
function directoryTags(bytes: Buffer): Map<number, number> | null {
  const isLittle = startsWith(bytes, 'II*\0')
  if (!isLittle && !startsWith(bytes, 'MM\0*')) return null
  const short = (at: number): number => (isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at))
  const long = (at: number): number => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at))
  const directory = long(4)
  const tags = new Map<number, number>()
  for (let index = 0; index < short(directory); index++) {
    const at = directory + 2 + 12 * index
    tags.set(short(at), short(at + 2) === 3 ? short(at + 8) : long(at + 8))
  }
  return tags
}

function gif(bytes: Buffer): Found | null {
  if (!startsWith(bytes, 'GIF8')) return null
  return { format: 'GIF', width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8), isGrey: false }
}
