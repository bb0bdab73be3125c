/** One image file as pixels of a wanted size. */
import type * as Decoders from '@napi-rs/image'
import { firstGifPicture } from './image-gif'
import { imageHeader, type ImageHeader } from './image-header'
import { UnreadableImage } from './image-unreadable'

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

interface Layout {
  readonly channels: 1 | 2 | 3 | 4
  readonly bytes: 1 | 2
}

/** Channels and bytes of each of the decoder's kinds of pixels (`JsColorType`); those of floating point numbers are not read. */
const layouts: ReadonlyMap<number, Layout> = new Map<number, Layout>([
  [0, { channels: 1, bytes: 1 }],
  [1, { channels: 2, bytes: 1 }],
  [2, { channels: 3, bytes: 1 }],
  [3, { channels: 4, bytes: 1 }],
  [4, { channels: 1, bytes: 2 }],
  [5, { channels: 2, bytes: 2 }],
  [6, { channels: 3, bytes: 2 }],
  [7, { channels: 4, bytes: 2 }]
])
const rgba: Layout = { channels: 4, bytes: 1 }

/** @throws UnreadableImage for what is not even tried */
export function requireDecodable(header: ImageHeader | null, bytes: Buffer): ImageHeader {
  if (header === null) {
    const isSvg = /^\s*(?:<\?xml|<!--|<!DOCTYPE svg|<svg)/i.test(bytes.toString('latin1', 0, 256))
    throw new UnreadableImage(
      isSvg ? 'SVG is a drawing, not pixels; save it as PNG' : 'it is no image that is read here'
    )
  }
  if (!(header.width > 0 && header.height > 0)) throw new UnreadableImage('it has no pixels')
  if (header.width * header.height > mostPixels) {
    throw new UnreadableImage(
      `it has ${header.width}×${header.height} pixels, more than the ${Math.floor(mostPixels / 1e6)} million that are read`
    )
  }
  return header
}

/**
 * Pixels [channels, height, width] of the wanted size, turned as its EXIF says, transparent parts white, of a GIF its first
 * picture. Grey is 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601).
 * @throws UnreadableImage
 */
export async function decodeImage(bytes: Buffer, shape: ImageShape): Promise<Uint8Array> {
  // Loaded on first use: few datasets have images.
  const decoder = await import('@napi-rs/image')
  const { ResizeFilterType, ResizeFit } = decoder
  try {
    // Asked again: the file may have changed since it was measured.
    const header = requireDecodable(imageHeader(bytes), bytes)
    const inner = innerSize(header.width, header.height, shape)
    if (inner.width * inner.height > mostPixels) {
      throw new UnreadableImage(`it is too narrow to be cropped to ${shape.width}×${shape.height}`)
    }
    const { image, layout } = await opened(bytes, header, decoder)
    if (inner.width !== header.width || inner.height !== header.height) {
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

/** An image as it is to be seen: turned, and on white. */
async function opened(
  bytes: Buffer,
  header: ImageHeader,
  { Orientation, Transformer }: typeof Decoders
): Promise<{ image: Decoders.Transformer; layout: Layout }> {
  if (header.format === 'GIF') {
    const picture = firstGifPicture(bytes)
    return { image: Transformer.fromRgbaPixels(picture.rgba, picture.width, picture.height), layout: rgba }
  }
  const image = new Transformer(bytes)
  const told = await image.metadata()
  const layout = layouts.get(told.colorType)
  if (layout === undefined) {
    throw new UnreadableImage('its pixels are floating point numbers; save it with 8 or 16 bits')
  }
  const [width, height] = header.orientation < 5 ? [told.width, told.height] : [told.height, told.width]
  if (width !== header.width || height !== header.height) {
    throw new UnreadableImage(`its header says ${header.width}×${header.height}, its pixels are ${width}×${height}`)
  }
  const turn = [
    undefined,
    Orientation.MirrorHorizontal,
    Orientation.Rotate180,
    Orientation.MirrorVertical,
    Orientation.MirrorHorizontalAndRotate270Cw,
    Orientation.Rotate90Cw,
    Orientation.MirrorHorizontalAndRotate90Cw,
    Orientation.Rotate270Cw
  ][header.orientation - 1]
  if (turn !== undefined) image.rotate(turn)
  if (layout.channels % 2 === 1) return { image, layout }
  // Before it is resized, which mixes neighbours: what colour is hidden in transparent ones must not show.
  const pixels = onWhite(await image.rawPixels(), layout)
  return { image: Transformer.fromRgbaPixels(pixels, width, height), layout: rgba }
}

/** The upper 8 bits of a channel of a pixel. 16 are in the order of the machine: little-endian on all that Node runs on here. */
function levelOf(raw: Buffer, { channels, bytes }: Layout, pixel: number, channel: number): number {
  return raw[(pixel * channels + channel) * bytes + bytes - 1] ?? 0
}

/** The same pixels as red, green, blue and 255, each of 8 bits, on white. */
function onWhite(raw: Buffer, layout: Layout): Uint8Array {
  const { channels, bytes } = layout
  const pixels = raw.length / (channels * bytes)
  const opaque = new Uint8Array(4 * pixels).fill(255)
  for (let pixel = 0; pixel < pixels; pixel++) {
    const opacity = levelOf(raw, layout, pixel, channels - 1) / 255
    for (let colour = 0; colour < 3; colour++) {
      const level = levelOf(raw, layout, pixel, Math.min(colour, channels - 2))
      opaque[4 * pixel + colour] = Math.round(255 + (level - 255) * opacity)
    }
  }
  return opaque
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
function placed(raw: Buffer, inner: Size, layout: Layout, { width, height, channels }: ImageShape): Uint8Array {
  const pixels = new Uint8Array(channels * width * height)
  const plane = width * height
  const left = Math.floor((width - inner.width) / 2)
  const top = Math.floor((height - inner.height) / 2)
  const [green, blue] = layout.channels >= 3 ? [1, 2] : [0, 0]
  for (let y = Math.max(0, top); y < Math.min(height, top + inner.height); y++) {
    for (let x = Math.max(0, left); x < Math.min(width, left + inner.width); x++) {
      const pixel = (y - top) * inner.width + (x - left)
      const level = (channel: number): number => levelOf(raw, layout, pixel, channel)
      const at = y * width + x
      if (channels === 1) pixels[at] = Math.round(0.299 * level(0) + 0.587 * level(green) + 0.114 * level(blue))
      else {
        pixels[at] = level(0)
        pixels[plane + at] = level(green)
        pixels[2 * plane + at] = level(blue)
      }
    }
  }
  return pixels
}
