/** What is in a table: one summary a column over all rows, and the first look at its rows. */
import type { ColumnView } from '../shared/views'
import { numberText } from './numbers'
import type { CategoryColumn, Column, NumberColumn, Table } from './table'

const histogramBins = 20
const topCategories = 12

const profiles = new WeakMap<readonly Column[], ColumnView[]>()

/** One summary a column, in the order of the table. Computed once for each table. */
export function profileTable(table: Table): ColumnView[] {
  let profile = profiles.get(table.columns)
  if (profile === undefined) {
    profile = table.columns.map((column) => (column.type === 'number' ? profileNumbers(column) : profileTexts(column)))
    profiles.set(table.columns, profile)
  }
  return profile
}

/**
 * Rows `from`, `from + 1`, … as text, at most `count` and none beyond the end; null where a value is missing.
 * Numbers are written with the fewest digits that stand for their float64.
 */
export function tableRows(table: Table, from: number, count: number): (string | null)[][] {
  const end = Math.min(table.rows, from + count)
  const rows: (string | null)[][] = []
  for (let row = Math.max(0, from); row < end; row++) rows.push(table.columns.map((column) => cellText(column, row)))
  return rows
}

/** One cell as text, or null where it is missing. */
export function cellText(column: Column, row: number): string | null {
  if (column.type === 'category') return column.categories[column.codes[row] ?? -1] ?? null
  const value = column.values[row] ?? NaN
  return Number.isNaN(value) ? null : numberText(value)
}

function profileNumbers(column: NumberColumn): ColumnView {
  const present = column.values.filter((value) => !Number.isNaN(value)).sort()
  const view = { name: column.name, type: column.type, missing: column.values.length - present.length, top: [] }
  const min = present[0]
  const max = present[present.length - 1]
  if (min === undefined || max === undefined) {
    return { ...view, distinct: 0, integers: false, min: null, max: null, mean: null, histogram: [] }
  }
  let distinct = 0
  let integers = true
  let sum = 0
  let previous = NaN
  const bins = new Array<number>(min === max ? 1 : histogramBins).fill(0)
  // Halved where the range is wider than float64.
  const unit = Number.isFinite(max - min) ? 1 : 0.5
  const share = (value: number): number => (value * unit - min * unit) / (max * unit - min * unit)
  for (const value of present) {
    if (value !== previous) distinct++
    previous = value
    integers &&= Number.isInteger(value)
    sum += value
    const bin = min === max ? 0 : Math.min(bins.length - 1, Math.floor(share(value) * bins.length))
    bins[bin] = (bins[bin] ?? 0) + 1
  }
  const { length } = present
  const mean = Number.isFinite(sum) ? sum / length : present.reduce((part, value) => part + value / length, 0)
  return { ...view, distinct, integers, min, max, mean, histogram: bins }
}

function profileTexts(column: CategoryColumn): ColumnView {
  const counts = new Int32Array(column.categories.length)
  let missing = 0
  for (const code of column.codes) {
    if (code < 0) missing++
    else counts[code] = (counts[code] ?? 0) + 1
  }
  // Ties keep the order of the categories.
  const ranked = [...counts.keys()].sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0)).slice(0, topCategories)
  return {
    name: column.name,
    type: column.type,
    missing,
    // A category that no row has is not counted: tables made in memory may declare some.
    distinct: counts.filter((count) => count > 0).length,
    integers: false,
    min: null,
    max: null,
    mean: null,
    histogram: ranked.map((code) => counts[code] ?? 0),
    top: ranked.map((code) => column.categories[code] ?? '')
  }
}
