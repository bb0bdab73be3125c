/** One image file as pixels of a wanted size. */
import type { Transformer } from '@napi-rs/image'
import type { ImageHeader } from './image-header'

export interface ImageShape {
  readonly width: number
  readonly height: number
  /** 1: grey. 3: red, green, blue. */
  readonly channels: 1 | 3
  /**
   * `stretch` to the size; `crop` what is beyond it once the shorter side fits; `pad` with black once the longer side
   * does.
   */
  readonly fit: 'stretch' | 'crop' | 'pad'
}

/** Larger ones are refused before they are decoded: each takes up to 8 bytes a pixel. */
const mostPixels = 64 * 2 ** 20

/** Channels and bytes of each of the decoder's kinds of pixels (`JsColorType`); those of floating point numbers are not read. */
const layouts: ReadonlyMap<number, { channels: 1 | 2 | 3 | 4; bytes: 1 | 2 }> = new Map([
  [0, { channels: 1, bytes: 1 }],
  [1, { channels: 2, bytes: 1 }],
  [2, { channels: 3, bytes: 1 }],
  [3, { channels: 4, bytes: 1 }],
  [4, { channels: 1, bytes: 2 }],
  [5, { channels: 2, bytes: 2 }],
  [6, { channels: 3, bytes: 2 }],
  [7, { channels: 4, bytes: 2 }]
])

/** Why an image is not read; its text is the reason alone, as `it is cut short`. */
export class UnreadableImage extends Error {}

/** @throws UnreadableImage for what is not even tried */
export function requireDecodable(header: ImageHeader | null, bytes: Buffer): ImageHeader {
  if (header === null) {
    const isSvg = /^\s*(?:<\?xml|<!--|<!DOCTYPE svg|<svg)/i.test(bytes.toString('latin1', 0, 256))
    throw new UnreadableImage(
      isSvg ? 'SVG is a drawing, not pixels; save it as PNG' : 'it is no image that is read here'
    )
  }
  if (header.format === 'GIF') throw new UnreadableImage('GIF is not read; save it as PNG')
  if (!(header.width > 0 && header.height > 0)) throw new UnreadableImage('it has no pixels')
  if (header.width * header.height > mostPixels) {
    throw new UnreadableImage(
      `it has ${header.width}×${header.height} pixels, more than the ${Math.floor(mostPixels / 1e6)} million that are read`
    )
  }
  return header
}

/**
 * Pixels [channels, height, width] of the wanted size, turned as its EXIF says, transparent parts white. Grey is
 * 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601).
 * @throws UnreadableImage
 */
export async function decodeImage(bytes: Buffer, shape: ImageShape): Promise<Uint8Array> {
  // Loaded on first use: few datasets have images.
  const { ResizeFilterType, ResizeFit, Transformer } = await import('@napi-rs/image')
  try {
    const told = await new Transformer(bytes).metadata()
    const layout = layouts.get(told.colorType)
    if (layout === undefined)
      throw new UnreadableImage('its pixels are floating point numbers; save it with 8 or 16 bits')
    const isTurned = (told.orientation ?? 1) >= 5
    const [width, height] = isTurned ? [told.height, told.width] : [told.width, told.height]
    const inner = innerSize(width, height, shape)
    const image: Transformer = new Transformer(bytes).rotate()
    if (inner.width !== width || inner.height !== height) {
      image.resize({ ...inner, filter: ResizeFilterType.Triangle, fit: ResizeFit.Fill })
    }
    const raw = await image.rawPixels()
    if (raw.length !== inner.width * inner.height * layout.channels * layout.bytes) {
      throw new UnreadableImage('its pixels are of a kind that is not read')
    }
    return placed(raw, inner, layout, shape)
  } catch (error) {
    if (error instanceof UnreadableImage || !(error instanceof Error)) throw error
    throw new UnreadableImage(`it cannot be decoded (${error.message.replaceAll('\n', ' ').trim()})`)
  }
}

interface Size {
  readonly width: number
  readonly height: number
}

/** The size an image is scaled to before what is beyond is cut off, or what lacks is filled. */
function innerSize(width: number, height: number, shape: ImageShape): Size {
  if (shape.fit === 'stretch') return { width: shape.width, height: shape.height }
  const [across, down] = [shape.width / width, shape.height / height]
  const scale = shape.fit === 'crop' ? Math.max(across, down) : Math.min(across, down)
  const scaled = (side: number): number => Math.max(1, Math.round(side * scale))
  return { width: scaled(width), height: scaled(height) }
}

/** In the middle of the wanted size. */
function placed(
  raw: Buffer,
  inner: Size,
  layout: { channels: 1 | 2 | 3 | 4; bytes: 1 | 2 },
  { width, height, channels }: ImageShape
): Uint8Array {
  const pixels = new Uint8Array(channels * width * height)
  const plane = width * height
  const left = Math.floor((width - inner.width) / 2)
  const top = Math.floor((height - inner.height) / 2)
  const hasColours = layout.channels >= 3
  const hasAlpha = layout.channels % 2 === 0
  // 16 bits are in the order of the machine; all that Node runs on here are little-endian. Their high byte is what is kept.
  const level = (pixel: number, channel: number): number =>
    raw[(pixel * layout.channels + channel) * layout.bytes + layout.bytes - 1] ?? 0
  for (let y = Math.max(0, top); y < Math.min(height, top + inner.height); y++) {
    for (let x = Math.max(0, left); x < Math.min(width, left + inner.width); x++) {
      const pixel = (y - top) * inner.width + (x - left)
      const opacity = hasAlpha ? level(pixel, layout.channels - 1) / 255 : 1
      const onWhite = (channel: number): number => 255 + (level(pixel, channel) - 255) * opacity
      const red = onWhite(0)
      const green = hasColours ? onWhite(1) : red
      const blue = hasColours ? onWhite(2) : red
      const at = y * width + x
      if (channels === 1) pixels[at] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue)
      else {
        pixels[at] = Math.round(red)
        pixels[plane + at] = Math.round(green)
        pixels[2 * plane + at] = Math.round(blue)
      }
    }
  }
  return pixels
}
