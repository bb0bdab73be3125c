/** Numbers that tell of a column: what stands in for a missing value, and its middle and spread. */

/** What stands in those rows. A loop: `Float64Array.from` takes ten times as long for a million rows. */
export function valuesAt(rows: Int32Array, read: (row: number) => number): Float64Array {
  const values = new Float64Array(rows.length)
  for (let i = 0; i < rows.length; i++) values[i] = read(rows[i] ?? 0)
  return values
}

/** The values that are not missing (NaN). */
export function presentOf(values: Float64Array): Float64Array {
  const found = new Float64Array(values.length)
  let count = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN
    if (!Number.isNaN(value)) found[count++] = value
  }
  return found.subarray(0, count)
}

/** The values with `fill` where one is missing. */
export function filledWith(values: Float64Array, fill: number | null): Float64Array {
  if (fill === null) return values
  const filled = values.slice()
  for (let i = 0; i < filled.length; i++) if (Number.isNaN(filled[i])) filled[i] = fill
  return filled
}

/** The middle value, or the mean of the two middle ones. @param sorted ascending, not empty */
export function medianOf(sorted: Float64Array): number {
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2
}

/** The value at a share of the way from the first to the last, between two of them in proportion (Hyndman and Fan's type 7). */
export function quantileOf(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1)
  const below = sorted[Math.floor(place)] ?? NaN
  const above = sorted[Math.ceil(place)] ?? NaN
  return below + (above - below) * (place - Math.floor(place))
}

/** The value that occurs most often, the smallest of equals. @param sorted ascending, not empty */
export function mostFrequentOf(sorted: Float64Array): number {
  let best = NaN
  let most = 0
  let run = 0
  for (const [i, value] of sorted.entries()) {
    run = i > 0 && value === sorted[i - 1] ? run + 1 : 1
    if (run <= most) continue
    most = run
    best = value
  }
  return best
}

/** A value of float32's range divided by a deviation of at most this would leave float64's: it counts as none. */
const LEAST_SCALE = 1e-260

/** A spread to divide by, which is 1 where there is none. */
export function usableScale(spread: number): number {
  return spread > LEAST_SCALE ? spread : 1
}

/** Mean and population standard deviation, √(Σ(x − mean)² / N); a deviation of 0, or next to it, counts as 1. */
export function momentsOf(values: Float64Array): { mean: number; scale: number } {
  const first = values[0] ?? 0
  // A constant's mean would be off by rounding, and a deviation of rounding errors would blow them up.
  if (values.every((value) => value === first)) return { mean: first + 0, scale: 1 }
  let sum = 0
  for (const value of values) sum += value
  const mean = sum / values.length
  let squares = 0
  // In units of the largest deviation: the square of a very small one would be 0.
  let largest = 0
  for (const value of values) largest = Math.max(largest, Math.abs(value - mean))
  const unit = largest < 1e-100 ? largest : 1
  for (const value of values) squares += ((value - mean) / unit) ** 2
  return { mean, scale: usableScale(unit * Math.sqrt(squares / values.length)) }
}
