/** GIF files, written for tests as the specification (CompuServe 1990) has them. */

export interface GifFrame {
  readonly left?: number
  readonly top?: number
  readonly width: number
  readonly height: number
  /** Numbers of colours, row by row as they are to be seen. */
  readonly pixels: readonly number[]
  readonly interlaced?: boolean
  readonly transparent?: number
  readonly palette?: readonly (readonly [number, number, number])[]
}

const short = (value: number): number[] => [value & 255, value >> 8]

/** @param palette of 2, 4, 8, … colours */
export function gifFile(
  width: number,
  height: number,
  palette: readonly (readonly [number, number, number])[],
  frames: readonly GifFrame[]
): Buffer {
  const bytes = [...Buffer.from('GIF89a'), ...short(width), ...short(height)]
  bytes.push(0x80 | (Math.log2(palette.length) - 1), 0, 0, ...palette.flat())
  for (const frame of frames) {
    const colours = frame.palette ?? palette
    if (frame.transparent !== undefined) bytes.push(0x21, 0xf9, 4, 1, 0, 0, frame.transparent, 0)
    bytes.push(0x2c, ...short(frame.left ?? 0), ...short(frame.top ?? 0), ...short(frame.width), ...short(frame.height))
    const own = frame.palette === undefined ? 0 : 0x80 | (Math.log2(colours.length) - 1)
    bytes.push(own | (frame.interlaced === true ? 0x40 : 0), ...(frame.palette ?? []).flat())
    const bits = Math.max(2, Math.log2(colours.length))
    const data = packed(frame.interlaced === true ? interlaced(frame) : frame.pixels, bits)
    bytes.push(bits)
    for (let at = 0; at < data.length; at += 255) {
      const block = data.slice(at, at + 255)
      bytes.push(block.length, ...block)
    }
    bytes.push(0)
  }
  return Buffer.from([...bytes, 0x3b])
}

function interlaced({ width, height, pixels }: GifFrame): number[] {
  const order: number[] = []
  for (const [start, step] of [
    [0, 8],
    [4, 8],
    [2, 4],
    [1, 2]
  ] as const) {
    for (let y = start; y < height; y += step) order.push(y)
  }
  return order.flatMap((y) => pixels.slice(y * width, (y + 1) * width))
}

/** LZW with codes that grow to 12 bits, begun anew when there are 4096. */
function packed(pixels: readonly number[], firstBits: number): number[] {
  const clear = 2 ** firstBits
  const bytes: number[] = []
  let [pool, pooled, bits] = [0, 0, firstBits + 1]
  const put = (code: number): void => {
    pool |= code << pooled
    pooled += bits
    for (; pooled >= 8; pooled -= 8) {
      bytes.push(pool & 255)
      pool >>>= 8
    }
  }
  let codes = new Map<string, number>()
  let next = clear + 2
  put(clear)
  let text = ''
  const codeOf = (key: string): number => codes.get(key) ?? Number(key)
  for (const pixel of pixels) {
    const longer = text === '' ? String(pixel) : `${text} ${pixel}`
    if (text === '' || codes.has(longer)) {
      text = longer
      continue
    }
    put(codeOf(text))
    codes.set(longer, next++)
    if (next > 2 ** bits && bits < 12) bits++
    if (next > 4095) {
      put(clear)
      codes = new Map()
      next = clear + 2
      bits = firstBits + 1
    }
    text = String(pixel)
  }
  put(codeOf(text))
  put(clear + 1)
  if (pooled > 0) bytes.push(pool & 255)
  return bytes
}
