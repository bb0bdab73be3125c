/** Where convolutions are computed by Winograd's algorithm (src/engine/kernels/winograd.ts), and their instructions. */
import type { Convolution } from '../ops/convolution'

interface Words {
  readonly shape: readonly number[]
  readonly scratchBytes: number
  readonly work: number
}

/** Channels from which it is faster: transforms of images and results cost as much for few of them as for many. */
const LEAST_CHANNELS = 8
/** Multiplications that tiles must save: those that stand out beyond the image save nothing. */
const LEAST_SAVED = 1.5
/** Tiles that are taken at once, if there are as many. */
const TILES_AT_ONCE = 56
/** Parts into which images are divided at least, so that threads have something to share. */
const PARTS = 16
/** As in src/engine/kernels/winograd.ts. */
export const RESULTS_AT_ONCE = 16

/** Whether it is the faster way. */
export function suitsWinograd({ channels, outChannels, groups, window }: Convolution): boolean {
  const { vertical, horizontal, rows, columns } = window
  const plain = [vertical, horizontal].every(
    ({ kernel, stride, dilation, before, after }) =>
      kernel === 3 && stride === 1 && dilation === 1 && before <= 2 && after <= 2
  )
  // Rows have four tiles or more, of results as of images.
  const wide = Math.min(columns, horizontal.size) >= 7
  const saved = (9 * rows * columns) / (16 * Math.ceil(rows / 2) * Math.ceil(columns / 2))
  return plain && wide && groups === 1 && Math.min(channels, outChannels) >= LEAST_CHANNELS && saved >= LEAST_SAVED
}

export function winogradForward(convolution: Convolution): Words {
  const { images, channels, outChannels, window } = convolution
  const { vertical, horizontal, rows, columns } = window
  const padding = [vertical.before, horizontal.before]
  return wordsOf(images, [channels, vertical.size, horizontal.size], [outChannels, rows, columns], padding, false)
}

/** A convolution of the gradients with the filters turned around. */
export function winogradInputGradient(convolution: Convolution): Words {
  const { images, channels, outChannels, window } = convolution
  const { vertical, horizontal, rows, columns } = window
  const padding = [2 - vertical.before, 2 - horizontal.before]
  return wordsOf(images, [outChannels, rows, columns], [channels, vertical.size, horizontal.size], padding, true)
}

function wordsOf(
  images: number,
  read: readonly [channels: number, height: number, width: number],
  tiled: readonly [channels: number, height: number, width: number],
  padding: readonly number[],
  flipped: boolean
): Words {
  const [channels] = read
  const [results, height, width] = tiled
  const { tiles, atOnce, places, linesBytes } = tiling(images, height, width)
  const filters = 16 * (16 * Math.ceil(results / 4) * channels + 64)
  return {
    shape: [images, ...read, ...tiled, ...padding, atOnce, Number(flipped)],
    scratchBytes:
      linesBytes + filters + squareBytes(channels, places) + squareBytes(Math.min(RESULTS_AT_ONCE, results), places),
    // The transforms are as much again as the products of 16 channels.
    work: 16 * tiles * (channels * results + 8 * (channels + results))
  }
}

/** Transformed tiles. */
function squareBytes(channels: number, places: number): number {
  return 16 * (4 * channels * places + 64)
}

/** Rows of tiles that are taken at once, the places they need, and two lines of a row of tiles. */
function tiling(images: number, height: number, width: number) {
  const [down, across] = [Math.ceil(height / 2), Math.ceil(width / 2)]
  const rows = images * down
  // Places go by eight.
  const even = [1, 2, 4, 8].find((count) => (count * across) % 8 === 0) ?? 8
  const enough = even * Math.max(1, Math.round(TILES_AT_ONCE / (even * across)))
  const atOnce = Math.max(1, Math.min(enough, Math.ceil(rows / PARTS)))
  const places = 8 * Math.ceil((atOnce * across) / 8)
  const linesBytes = 64 * Math.ceil((2 * 4 * (2 * across + 4)) / 64)
  return { tiles: rows * across, atOnce, places, linesBytes }
}
