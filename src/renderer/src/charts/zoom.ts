/** The part of the run in sight: zoomed, moved and kept within what there is. Shared by all charts. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** The part of all there is that can be zoomed to. */
const SMALLEST = 1e-6

const place = (value: number, logarithmic: boolean): number => (logarithmic ? Math.log10(value) : value)
const valueAt = (at: number, logarithmic: boolean): number => (logarithmic ? 10 ** at : at)

/** The value at a share of the axis, 0 at its left end. */
export function atShare({ from, to }: Range, share: number, logarithmic: boolean): number {
  const a = place(from, logarithmic)
  return valueAt(a + share * (place(to, logarithmic) - a), logarithmic)
}

/** A range so many times as wide, with what stands at that share of the axis staying where it is. */
export function zoomed(range: Range, share: number, factor: number, logarithmic: boolean): Range {
  return {
    from: atShare(range, share * (1 - factor), logarithmic),
    to: atShare(range, share * (1 - factor) + factor, logarithmic)
  }
}

/** A range moved by that share of its width. */
export function moved(range: Range, share: number, logarithmic: boolean): Range {
  return { from: atShare(range, share, logarithmic), to: atShare(range, 1 + share, logarithmic) }
}

/** As near to the range as there is something to see, not smaller than makes sense; null where that is all there is. */
export function within(range: Range, all: Range, logarithmic: boolean): Range | null {
  const low = place(all.from, logarithmic)
  const high = place(all.to, logarithmic)
  const whole = high - low
  const a = place(Math.min(range.from, range.to), logarithmic)
  const b = place(Math.max(range.from, range.to), logarithmic)
  if (!(whole > 0) || !Number.isFinite(a) || !Number.isFinite(b)) return null
  const width = Math.max(b - a, whole * SMALLEST)
  if (width >= whole * (1 - 1e-9)) return null
  const from = Math.min(Math.max((a + b - width) / 2, low), high - width)
  return { from: valueAt(from, logarithmic), to: valueAt(from + width, logarithmic) }
}
