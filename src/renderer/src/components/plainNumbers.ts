/** Numbers of columns, weights and metrics as people read them, and what they mean. Counts and shares: state/format. */
import type { EvaluationView } from '../../../shared/views'
import { plural } from '../state/format'

/** A value of a column or a weight: at most `digits` significant digits, no zeros to fill up, a real minus sign. */
export function formatValue(value: number | null, digits = 4): string {
  if (value === null || !Number.isFinite(value)) return '–'
  if (value === 0) return '0'
  const size = Math.abs(value)
  const text =
    size >= 1e7 || size < 1e-4
      ? value.toExponential(Math.min(digits - 1, 2))
      : String(size >= 10 ** digits ? Math.round(value) : Number(value.toPrecision(digits)))
  return text.replaceAll('-', '−').replace('e+', 'e')
}

/** With its sign always: +0.64, −1.2. */
export function formatSigned(value: number, digits = 3): string {
  return value > 0 ? `+${formatValue(value, digits)}` : formatValue(value, digits)
}

/** A share of 0…1 as `96.7 %`; anything above none and below all is never rounded to none or all. */
export function formatShare(share: number | null): string {
  if (share === null || !Number.isFinite(share)) return '–'
  const percent = share * 100
  if (percent > 0 && percent < 0.1) return '< 0.1 %'
  if (percent < 100 && percent > 99.9) return '> 99.9 %'
  return `${Number(percent.toFixed(1))} %`
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return plural(bytes, 'byte')
  if (bytes < 1e6) return `${Number((bytes / 1e3).toPrecision(3))} kB`
  return `${Number((bytes / 1e6).toPrecision(3))} MB`
}

/** Round values that cover min…max in about `count` steps of 1, 2 or 5 times a power of ten. */
export function niceTicks(min: number, max: number, count = 5): number[] {
  if (!Number.isFinite(min) || !Number.isFinite(max)) return []
  if (min === max) return [min]
  const rough = (max - min) / Math.max(1, count)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find((times) => times * power >= rough * 0.999) ?? 10) * power
  const first = Math.ceil(min / step - 1e-9)
  const last = Math.floor(max / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)))
}

export interface Miss {
  /** Of the table, from 0. */
  readonly row: number
  readonly actual: number
  readonly predicted: number
  /** predicted − actual */
  readonly off: number
}

/** How far predictions are off: half of the rows by no more than `median`, and the `most` largest misses. */
export function missesOf(
  { actual, predicted, rows }: NonNullable<EvaluationView['scatter']>,
  most = 5
): { readonly median: number; readonly largest: readonly Miss[] } | null {
  const misses = actual
    .map((value, index): Miss => {
      const guess = predicted[index] ?? Number.NaN
      return { row: rows[index] ?? Number.NaN, actual: value, predicted: guess, off: guess - value }
    })
    .filter((miss) => Number.isFinite(miss.off))
    .toSorted((a, b) => Math.abs(b.off) - Math.abs(a.off))
  if (misses.length === 0) return null
  const upper = Math.abs(misses[Math.floor((misses.length - 1) / 2)]?.off ?? 0)
  const lower = Math.abs(misses[Math.floor(misses.length / 2)]?.off ?? 0)
  return { median: (upper + lower) / 2, largest: misses.slice(0, most) }
}
