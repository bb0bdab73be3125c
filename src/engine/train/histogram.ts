/** Counts of values in equal bins. */
import type { Histogram } from './events'

export const BINS = 32

/** Values that a histogram looks at, at most: more change its shape by less than can be drawn. */
export const MOST_COUNTED = 2 ** 16

/**
 * Counts in 32 equal bins from the least to the largest finite value; all in the first where they are one. Of more than
 * 65,536 values every k-th is looked at, with a k that shares no factor with their number: whatever axes they are laid out
 * by, all places along each of them take part.
 */
export function histogramOf(values: ArrayLike<number>): Histogram {
  const stride = strideOf(values.length)
  let [min, max] = [Infinity, -Infinity]
  for (let i = 0; i < values.length; i += stride) {
    const value = values[i] ?? NaN
    if (!Number.isFinite(value)) continue
    if (value < min) min = value
    if (value > max) max = value
  }
  const counts = new Array<number>(BINS).fill(0)
  if (min > max) return { min: 0, max: 0, counts }
  // Halves, since the whole width may be more than the largest number.
  const width = max / 2 - min / 2
  for (let i = 0; i < values.length; i += stride) {
    const value = values[i] ?? NaN
    if (!Number.isFinite(value)) continue
    const bin = width > 0 ? Math.min(BINS - 1, Math.floor(((value / 2 - min / 2) / width) * BINS)) : 0
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return { min, max, counts }
}

/** Share of the values for which that holds, of those that `histogramOf` looks at; 0 of none. */
export function shareOf(values: ArrayLike<number>, holds: (value: number) => boolean): number {
  const stride = strideOf(values.length)
  let [count, found] = [0, 0]
  for (let i = 0; i < values.length; i += stride) {
    count++
    if (holds(values[i] ?? NaN)) found++
  }
  return count === 0 ? 0 : found / count
}

function strideOf(length: number): number {
  let stride = Math.max(1, Math.ceil(length / MOST_COUNTED))
  while (commonDivisor(stride, length) > 1) stride++
  return stride
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b)
}
