/**
 * The first picture of a GIF (87a and 89a, CompuServe 1990), on its canvas. Of our own because what npm has draws on when
 * data end early or make no sense, and reads all pictures of an animation for the first.
 */
import { UnreadableImage } from './image-unreadable'

export interface GifPicture {
  readonly width: number
  readonly height: number
  /** [height, width, 4]: red, green, blue and 255. What is transparent, or beside the picture, is white. */
  readonly rgba: Uint8Array
}

/** Codes of LZW have 12 bits at most. */
const mostCodes = 4096
/** Where the rows of each pass of an interlaced picture begin, and how far they are apart. */
const passes = [
  [0, 8],
  [4, 8],
  [2, 4],
  [1, 2]
] as const
const notPossible = 'it is damaged: its data make no sense'

/**
 * The canvas is as large as the header says: see to it that this is not too much.
 * @throws UnreadableImage
 */
export function firstGifPicture(bytes: Buffer): GifPicture {
  try {
    return read(bytes)
  } catch (error) {
    // Every read beyond the end.
    if (error instanceof RangeError) throw new UnreadableImage('it is cut short')
    throw error
  }
}

function read(bytes: Buffer): GifPicture {
  const width = bytes.readUInt16LE(6)
  const height = bytes.readUInt16LE(8)
  const common = paletteAt(bytes, 13, bytes.readUInt8(10))
  let transparent = -1
  for (let at = common.end; ;) {
    const kind = bytes.readUInt8(at++)
    if (kind === 0x3b) throw new UnreadableImage('it holds no picture')
    if (kind === 0x21) {
      // A graphic control extension says which colour of the next picture is none.
      if (bytes.readUInt8(at) === 0xf9 && bytes.readUInt8(at + 1) >= 4) {
        transparent = (bytes.readUInt8(at + 2) & 1) === 1 ? bytes.readUInt8(at + 5) : -1
      }
      at = afterBlocks(bytes, at + 1)
      continue
    }
    if (kind !== 0x2c) throw new UnreadableImage(notPossible)
    const [left, top] = [bytes.readUInt16LE(at), bytes.readUInt16LE(at + 2)]
    const inner = { width: bytes.readUInt16LE(at + 4), height: bytes.readUInt16LE(at + 6) }
    if (inner.width === 0 || inner.height === 0) throw new UnreadableImage('it has no pixels')
    if (left + inner.width > width || top + inner.height > height) {
      throw new UnreadableImage('its first picture is larger than its canvas')
    }
    const flags = bytes.readUInt8(at + 8)
    const own = paletteAt(bytes, at + 9, flags)
    const palette = own.colours ?? common.colours
    if (palette === null) throw new UnreadableImage('it has no colours')
    const indices = pixelsAt(bytes, own.end, inner.width * inner.height)
    const rows = rowOrder(inner.height, (flags & 0x40) !== 0)
    const rgba = new Uint8Array(4 * width * height).fill(255)
    for (const [row, y] of rows.entries()) {
      for (let x = 0; x < inner.width; x++) {
        const index = indices[row * inner.width + x] ?? 0
        if (index === transparent) continue
        if (3 * index >= palette.length) throw new UnreadableImage(notPossible)
        const to = 4 * ((top + y) * width + left + x)
        rgba[to] = palette[3 * index] ?? 0
        rgba[to + 1] = palette[3 * index + 1] ?? 0
        rgba[to + 2] = palette[3 * index + 2] ?? 0
      }
    }
    return { width, height, rgba }
  }
}

/** The table of colours behind a descriptor, where its flags say that there is one. */
function paletteAt(bytes: Buffer, at: number, flags: number): { colours: Buffer | null; end: number } {
  if ((flags & 0x80) === 0) return { colours: null, end: at }
  const end = at + 3 * 2 ** ((flags & 7) + 1)
  if (end > bytes.length) throw new RangeError()
  return { colours: bytes.subarray(at, end), end }
}

/** Where a chain of blocks ends. */
function afterBlocks(bytes: Buffer, from: number): number {
  let at = from
  for (;;) {
    const length = bytes.readUInt8(at)
    at += 1 + length
    if (length === 0) return at
  }
}

function rowOrder(height: number, interlaced: boolean): number[] {
  const rows: number[] = []
  for (const [start, step] of interlaced ? passes : [[0, 1] as const]) {
    for (let y = start; y < height; y += step) rows.push(y)
  }
  return rows
}

/** The numbers of the colours of `count` pixels, unpacked by LZW (appendix F of the specification). */
function pixelsAt(bytes: Buffer, at: number, count: number): Uint8Array {
  const firstBits = bytes.readUInt8(at)
  if (firstBits < 1 || firstBits > 8) throw new UnreadableImage(notPossible)
  const data = blocksAt(bytes, at + 1)
  // A code stands for no more pixels than there are codes: what claims more is refused before there is memory for it.
  if (count > Math.ceil((8 * data.length) / (firstBits + 1)) * mostCodes) throw new RangeError()
  const clear = 2 ** firstBits
  const end = clear + 1
  // Each code is that of the pixels before its last one, and the last one.
  const before = new Uint16Array(mostCodes)
  const last = new Uint8Array(mostCodes)
  const lengths = new Uint16Array(mostCodes)
  for (let code = 0; code < clear; code++) {
    last[code] = code
    lengths[code] = 1
  }
  const pixels = new Uint8Array(count)
  let [bits, next, previous] = [firstBits + 1, end + 1, -1]
  let [pool, pooled, from, made] = [0, 0, 0, 0]
  while (made < count) {
    while (pooled < bits) {
      const byte = data[from++]
      if (byte === undefined) throw new RangeError()
      pool |= byte << pooled
      pooled += 8
    }
    const code = pool & ((1 << bits) - 1)
    pool >>>= bits
    pooled -= bits
    if (code === clear) {
      bits = firstBits + 1
      next = end + 1
      previous = -1
      continue
    }
    if (code === end) throw new RangeError()
    if (code > next || (code === next && (previous < 0 || next === mostCodes)) || (previous < 0 && code > end)) {
      throw new UnreadableImage(notPossible)
    }
    // The code that is only now to be made: the pixels of the one before, and the first of them once more.
    const isNew = code === next
    const known = isNew ? previous : code
    const length = lengths[known] ?? 0
    let first = known
    for (let place = made + length - 1; place >= made; place--) {
      pixels[place] = last[first] ?? 0
      if (place > made) first = before[first] ?? 0
    }
    const firstPixel = last[first] ?? 0
    if (isNew) pixels[made + length] = firstPixel
    if (previous >= 0 && next < mostCodes) {
      before[next] = previous
      last[next] = firstPixel
      lengths[next] = (lengths[previous] ?? 0) + 1
      next++
      if (next === 1 << bits && bits < 12) bits++
    }
    made += isNew ? length + 1 : length
    previous = code
  }
  return pixels
}

/** The bytes of a chain of blocks, one after the other. What is left of one that is cut short counts. */
function blocksAt(bytes: Buffer, from: number): Buffer {
  const parts: Buffer[] = []
  for (let at = from; at < bytes.length;) {
    const length = bytes.readUInt8(at)
    if (length === 0) break
    parts.push(bytes.subarray(at + 1, at + 1 + length))
    at += 1 + length
  }
  return Buffer.concat(parts)
}
