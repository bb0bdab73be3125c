/** Images as a canvas takes them. */
import type { ImagesView } from '../../../shared/views'

/** Image `index` as RGBA, row-major. */
export function rgbaOf({ width, height, channels, pixels }: ImagesView, index: number): Uint8ClampedArray<ArrayBuffer> {
  const plane = width * height
  const from = index * channels * plane
  const rgba = new Uint8ClampedArray(4 * plane)
  for (let at = 0; at < plane; at++) {
    for (let channel = 0; channel < 3; channel++) {
      rgba[4 * at + channel] = pixels[from + (channels === 1 ? 0 : channel) * plane + at] ?? 0
    }
    rgba[4 * at + 3] = 255
  }
  return rgba
}

export function imageCount({ width, height, channels, pixels }: ImagesView): number {
  return pixels.length / (channels * height * width)
}
