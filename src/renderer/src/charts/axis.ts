/** Axes: where they begin and end, and which values are labelled. */

export interface Axis {
  readonly min: number
  readonly max: number
  readonly ticks: readonly number[]
}

/** Share of the step losses, at either end, that may leave the picture rather than flatten it. */
const OUTLIERS = 0.02

/**
 * The lowest and highest value to be shown: all of the curves and the bulk of the step losses. Null when there
 * is nothing to show.
 */
export function rangeOf(
  curves: Iterable<number>,
  steps: readonly number[],
  onlyPositive: boolean
): { min: number; max: number } | null {
  const usable = (value: number): boolean => Number.isFinite(value) && (!onlyPositive || value > 0)
  const sorted = steps.filter(usable).sort((a, b) => a - b)
  const bulk = sorted.slice(Math.floor(sorted.length * OUTLIERS), Math.ceil(sorted.length * (1 - OUTLIERS)))
  let min = bulk[0] ?? Number.POSITIVE_INFINITY
  let max = bulk.at(-1) ?? Number.NEGATIVE_INFINITY
  for (const value of curves) {
    if (!usable(value)) continue
    if (value < min) min = value
    if (value > max) max = value
  }
  return min <= max ? { min, max } : null
}

/** 1, 2 or 5 times a power of ten: the smallest that divides `range` into at most `most` parts. */
export function niceStep(range: number, most: number): number {
  const rough = range / most
  if (!(rough > 0) || !Number.isFinite(rough)) return 1
  const decade = 10 ** Math.floor(Math.log10(rough))
  const digit = [1, 2, 5].find((candidate) => candidate * decade >= rough * (1 - 1e-9)) ?? 10
  return digit * decade
}

/** A linear axis around a range, ending on labelled values; one that comes near 0 begins there. */
export function linearAxis(
  range: { readonly min: number; readonly max: number },
  bounds: { readonly min?: number | undefined; readonly max?: number | undefined } = {}
): Axis {
  const { min: low, max: high } = widened(range)
  const from = low > 0 && low < 0.5 * high ? 0 : low
  const step = niceStep(high - from, 5)
  const first = Math.floor(from / step + 1e-9)
  const last = Math.ceil(high / step - 1e-9)
  const ticks: number[] = []
  for (let index = first; index <= last; index += 1) {
    const tick = Number((index * step).toPrecision(12))
    if (tick >= (bounds.min ?? Number.NEGATIVE_INFINITY) && tick <= (bounds.max ?? Number.POSITIVE_INFINITY))
      ticks.push(tick)
  }
  return {
    min: Math.max(first * step, bounds.min ?? Number.NEGATIVE_INFINITY),
    max: Math.min(last * step, bounds.max ?? Number.POSITIVE_INFINITY),
    ticks
  }
}

function widened({ min, max }: { readonly min: number; readonly max: number }): { min: number; max: number } {
  // Differences that rounding alone can make are no range.
  const size = Math.max(Math.abs(min), Math.abs(max))
  if (max - min > 1e-9 * size && size > 1e-30) return { min, max }
  const half = size > 1e-30 ? size * 0.1 : 0.5
  return { min: min - half, max: max + half }
}

/** A logarithmic axis around a range of positive values: labels at 1, 2, 5 of each decade, or at each decade. */
export function logAxis(range: { readonly min: number; readonly max: number }): Axis {
  const min = range.min / 1.15
  const max = range.max * 1.15
  const decades = Math.log10(max / min)
  const digits = decades <= 2.5 ? [1, 2, 5] : [1]
  const every = Math.max(1, Math.ceil(decades / 8))
  const ticks: number[] = []
  for (let exponent = Math.floor(Math.log10(min)); exponent <= Math.ceil(Math.log10(max)); exponent += 1) {
    if (exponent % every !== 0) continue
    for (const digit of digits) {
      const tick = Number((digit * 10 ** exponent).toPrecision(6))
      if (tick >= min && tick <= max) ticks.push(tick)
    }
  }
  return { min, max, ticks: ticks.length > 0 ? ticks : [range.min] }
}

/**
 * The axis of epochs, from 0. While a run goes on it ends a little ahead of the curve, at a round number, so
 * that it does not jump with every epoch; at the end it fits the run.
 */
export function epochAxis(reached: number, planned: number, finished: boolean): Axis {
  // Within the first epoch single steps are to be seen.
  if (reached <= 1) return { min: 0, max: 1, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] }
  const needed = reached
  const roomy = Math.ceil(needed / niceStep(needed, 8)) * niceStep(needed, 8)
  const max = finished
    ? Math.ceil(needed)
    : Math.max(1, Math.min(Math.max(planned, Math.ceil(needed)), Math.max(5, roomy)))
  const step = Math.max(1, niceStep(max, 8))
  const ticks: number[] = []
  for (let tick = 0; tick <= max; tick += step) ticks.push(tick)
  return { min: 0, max, ticks }
}

/** A value at an axis: as short as it can be without losing digits that the axis needs. */
export function formatTick(value: number): string {
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 1e5 || size < 1e-4) return value.toExponential().replace('e+', 'e').replaceAll('-', '−')
  return String(Number(value.toPrecision(6))).replace('-', '−')
}
