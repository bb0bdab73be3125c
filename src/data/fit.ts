/** Fitting a preparation: everything it knows comes from the training rows. */
import type { FeaturePreparation, TargetPreparation } from './preparation'
import { compareCodePoints, featureNumber } from './numbers'
import type { CategoryColumn, Column, NumberColumn } from './table'
import type { Target } from './target'

/** How one column is prepared, or null when no training row has a value. */
export function fitFeature(column: Column, trainRows: Int32Array): FeaturePreparation | null {
  return column.type === 'number' ? fitNumber(column, trainRows) : fitCategory(column, trainRows)
}

/** @param standardise whether values of regression are; else the network learns them as they stand in the file */
export function fitTarget(target: Target, trainRows: Int32Array, standardise: boolean): TargetPreparation {
  const { name } = target.column
  if (target.task !== 'regression') return { name, task: target.task, classes: [...target.classes] }
  if (!standardise) return { name, task: 'regression', mean: 0, scale: 1 }
  const { values } = target.column
  return { name, task: 'regression', ...momentsOf(Float64Array.from(trainRows, (row) => values[row] ?? NaN)) }
}

function fitNumber(column: NumberColumn, trainRows: Int32Array): FeaturePreparation | null {
  const raw = Float64Array.from(trainRows, (row) => featureNumber(column.values[row] ?? NaN))
  const present = raw.filter((value) => !Number.isNaN(value)).sort()
  if (present.length === 0) return null
  // + 0: a negative zero would not survive being saved as JSON.
  const fill = Math.fround(medianOf(present)) + 0
  const filled = raw.map((value) => (Number.isNaN(value) ? fill : value))
  return { name: column.name, kind: 'number', fill, ...momentsOf(filled) }
}

function fitCategory(column: CategoryColumn, trainRows: Int32Array): FeaturePreparation | null {
  const counts = new Map<number, number>()
  for (const row of trainRows) {
    const code = column.codes[row] ?? -1
    if (code >= 0) counts.set(code, (counts.get(code) ?? 0) + 1)
  }
  const ranked = [...counts]
    .map(([code, count]) => ({ category: column.categories[code] ?? '', count }))
    .sort((a, b) => compareCodePoints(a.category, b.category))
  const [first] = ranked
  if (first === undefined) return null
  const most = ranked.reduce((best, each) => (each.count > best.count ? each : best), first)
  return {
    name: column.name,
    kind: 'category',
    categories: ranked.map(({ category }) => category),
    fill: most.category
  }
}

/** The middle value, or the mean of the two middle ones. @param sorted ascending, not empty */
function medianOf(sorted: Float64Array): number {
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2
}

/** A value of float32's range divided by a deviation of at most this would leave float64's: it counts as none. */
const LEAST_SCALE = 1e-260

/** Mean and population standard deviation, √(Σ(x − mean)² / N); a deviation of 0, or next to it, counts as 1. */
function momentsOf(values: Float64Array): { mean: number; scale: number } {
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
  const scale = unit * Math.sqrt(squares / values.length)
  return { mean, scale: scale > LEAST_SCALE ? scale : 1 }
}
