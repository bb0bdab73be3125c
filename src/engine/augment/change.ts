/** One image changed: mirrored, turned, made larger and moved by one map, then made brighter. */
import type { ImageRows } from '../train/row-source'

/** What is done to an image, in this order. */
export interface Change {
  readonly flipHorizontal: boolean
  readonly flipVertical: boolean
  /** Factor > 0: above 1 the picture becomes larger. */
  readonly zoom: number
  /** Degrees, counter-clockwise. */
  readonly rotate: number
  /** Shares of the sides, to the right and down. */
  readonly shift: readonly [x: number, y: number]
  /** Share of the range from black to white that is added. */
  readonly brightness: number
}

/** Places nearer to a pixel than this are that pixel: whole pixels and right angles are exact in spite of rounding. */
const SAME_PLACE = 1e-9

/**
 * The changed image. A pixel at p of it is taken from the place
 *
 *   q = c + F · R(−rotate) · (p − c − shift · sides) / zoom
 *
 * of the image, c its middle and F the mirror: between pixels bilinearly from the four around, beyond the edges from the
 * nearest pixel. Then brightness · (white − black) of each channel is added, and what is beyond black or white cut off.
 * @param pixels [channels, height, width], row-major
 * @param into takes as many numbers from `at` on; not the same memory
 */
export function changeImage(
  { channels, height, width, black, white }: ImageRows,
  pixels: Float64Array,
  { flipHorizontal, flipVertical, zoom, rotate, shift: [shiftX, shiftY], brightness }: Change,
  into: Float32Array | Float64Array,
  at: number
): void {
  const centreX = (width - 1) / 2
  const centreY = (height - 1) / 2
  const angle = (rotate * Math.PI) / 180
  // The vertical axis points down, so a turn counter-clockwise to the eye is x·cos + y·sin, −x·sin + y·cos; this is its inverse.
  const cos = Math.cos(angle) / zoom
  const sin = Math.sin(angle) / zoom
  const mirrorX = flipHorizontal ? -1 : 1
  const mirrorY = flipVertical ? -1 : 1
  const plane = width * height
  const added = black.map((low, channel) => brightness * ((white[channel] ?? low) - low))
  for (let y = 0; y < height; y++) {
    const v = y - centreY - shiftY * height
    for (let x = 0; x < width; x++) {
      const u = x - centreX - shiftX * width
      const fromX = within(centreX + mirrorX * (cos * u - sin * v), width)
      const fromY = within(centreY + mirrorY * (sin * u + cos * v), height)
      const left = Math.floor(fromX)
      const top = Math.floor(fromY)
      const shareX = fromX - left
      const shareY = fromY - top
      const first = top * width + left
      const right = shareX > 0 ? 1 : 0
      const below = shareY > 0 ? width : 0
      for (let channel = 0; channel < channels; channel++) {
        const from = channel * plane + first
        const upper = between(pixels[from] ?? 0, pixels[from + right] ?? 0, shareX)
        const lower = between(pixels[from + below] ?? 0, pixels[from + below + right] ?? 0, shareX)
        const value = between(upper, lower, shareY) + (added[channel] ?? 0)
        const low = black[channel] ?? 0
        const high = white[channel] ?? 0
        into[at + channel * plane + y * width + x] = value < low ? low : value > high ? high : value
      }
    }
  }
}

/** The place along a side of so many pixels: a whole number where it is one but for rounding, and not beyond the edge. */
function within(place: number, pixels: number): number {
  const whole = Math.round(place)
  const exact = Math.abs(place - whole) < SAME_PLACE ? whole : place
  return exact < 0 ? 0 : exact > pixels - 1 ? pixels - 1 : exact
}

/** Exactly a where both are. */
function between(a: number, b: number, share: number): number {
  return a === b ? a : (1 - share) * a + share * b
}
