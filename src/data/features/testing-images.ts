/** Images made in memory, for tests. */
import { imageSize, type ImageColumn } from '../table'

/** Images of 5 × 4 grey pixels with a pattern of their own, unless said otherwise. */
export function madeImages(rows: number, change: Partial<ImageColumn> = {}): ImageColumn {
  const shape = { width: 5, height: 4, channels: 1, ...change } as const
  const pixels = Uint8Array.from({ length: rows * imageSize(shape) }, (_, at) => (at * 37 + (at >> 4) * 11) % 256)
  return { type: 'image', name: 'image', pixels, ...shape }
}
