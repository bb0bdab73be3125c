/** Axes: where they begin and end, and which values are labelled. */

export interface Axis {
  readonly min: number
  readonly max: number
  readonly ticks: readonly number[]
}

/** Share of the values, at either end, beyond which one may be an outlier. */
const BULK = 0.02
/** How many times the bulk's own width a value must stand away from it. */
const FAR = 3
/** Values that the bulk is told by: more make no difference to the eye. */
const SAMPLE = 512

export interface Span {
  readonly min: number
  readonly max: number
}

/**
 * The lowest and highest value to be shown: all of them, but for outliers, which may leave the picture rather than flatten it.
 * Null when there is nothing to show.
 * @param outliers whether they are shown as well
 */
export function spanOf(values: readonly number[], logarithmic: boolean, outliers: boolean): Span | null {
  const usable = values.filter((value) => Number.isFinite(value) && (!logarithmic || value > 0))
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  for (const value of usable) {
    if (value < min) min = value
    if (value > max) max = value
  }
  if (min > max) return null
  if (outliers || usable.length < 10) return { min, max }
  const every = Math.ceil(usable.length / SAMPLE)
  const place = (value: number): number => (logarithmic ? Math.log10(value) : value)
  const back = (at: number): number => (logarithmic ? 10 ** at : at)
  const sorted = Float64Array.from(usable.filter((_, index) => index % every === 0).map(place)).sort()
  const low = sorted[Math.floor(BULK * sorted.length)] ?? 0
  const high = sorted[Math.ceil((1 - BULK) * sorted.length) - 1] ?? 0
  const far = FAR * (high - low)
  return {
    min: place(min) < low - far ? back(low) : min,
    max: place(max) > high + far ? back(high) : max
  }
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
  range: Span,
  bounds: { readonly min?: number | undefined; readonly max?: number | undefined } = {}
): Axis {
  const { min: low, max: high } = widened(range)
  const from = low > 0 && low < 0.5 * high ? 0 : low
  const step = niceStep(high - from, 5)
  const first = Math.floor(from / step + 1e-9)
  const last = Math.ceil(high / step - 1e-9)
  const min = Math.max(first * step, bounds.min ?? Number.NEGATIVE_INFINITY)
  const max = Math.min(last * step, bounds.max ?? Number.POSITIVE_INFINITY)
  return { min, max, ticks: roundValues(min, max, step) }
}

function widened({ min, max }: Span): Span {
  // Differences that rounding alone can make are no range.
  const size = Math.max(Math.abs(min), Math.abs(max))
  if (max - min > 1e-9 * size && size > 1e-30) return { min, max }
  const half = size > 1e-30 ? size * 0.1 : 0.5
  return { min: min - half, max: max + half }
}

/** A logarithmic axis around a range of positive values. */
export function logAxis(range: Span): Axis {
  const min = range.min / 1.15
  const max = range.max * 1.15
  return { min, max, ticks: logTicks(min, max) }
}

/** Labels at 1, 2, 5 of each decade, or at each decade; where there are none of those, at round values. */
export function logTicks(min: number, max: number): number[] {
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
  return ticks.length > 0 ? ticks : roundValues(min, max, niceStep(max - min, 3))
}

/** The multiples of a step from one value to another. */
export function roundValues(min: number, max: number, step: number): number[] {
  const values: number[] = []
  for (let index = Math.ceil(min / step - 1e-9); index * step <= max + 1e-9 * step; index += 1) {
    values.push(Number((index * step).toPrecision(12)))
  }
  return values
}

/** A value at an axis: as short as it can be without losing digits that the axis needs. */
export function formatTick(value: number): string {
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 1e5 || size < 1e-4) return value.toExponential().replace('e+', 'e').replaceAll('-', '−')
  return String(Number(value.toPrecision(6))).replace('-', '−')
}
