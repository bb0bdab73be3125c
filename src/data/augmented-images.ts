/** Training images as a network sees them, for showing. */
import { augmented, isRowSource } from '../engine'
import type { Setup } from '../shared/setup'
import type { ImagesView } from '../shared/views'
import type { Prepared } from './prepare'

/**
 * Training images `from`, `from + 1`, … (after the last comes the first again) as the first epoch has them: changed by what is
 * drawn from (seed, epoch, row), and turned back into pixels from 0 to 255. Null when the features are no images.
 * @param count at most so many; fewer when there are fewer
 * @throws ConfigError `invalid-config`
 */
export function augmentedImages(
  { training }: Prepared,
  { augmentation, seed }: Pick<Setup, 'augmentation' | 'seed'>,
  from: number,
  count: number
): ImagesView | null {
  if (!isRowSource(training.features) || training.features.image === undefined) return null
  const features = augmented(training.features, augmentation, seed)
  const { width, height, channels, black, white } = training.features.image
  if (!isRowSource(features) || (channels !== 1 && channels !== 3)) return null
  const [rows = 0] = features.shape
  const chosen = Int32Array.from({ length: Math.min(count, rows) }, (_, at) => (from + at) % rows)
  const plane = width * height
  const values = new Float64Array(chosen.length * channels * plane)
  features.write(chosen, values, 0, { epoch: 0 })
  const pixels = Uint8ClampedArray.from(values, (value, at) => {
    const channel = Math.floor(at / plane) % channels
    const dark = black[channel] ?? 0
    return (255 * (value - dark)) / ((white[channel] ?? 1) - dark)
  })
  return { width, height, channels, pixels: new Uint8Array(pixels.buffer) }
}
