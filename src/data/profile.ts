/** What is in a table: one summary a column over all rows, and the first look at its rows. */
import type { ColumnView } from '../shared/views'
import { columnType } from './column-type'
import { timeText } from './dates'
import { medianOf, quantileOf } from './features/statistics'
import { imageIds } from './image-ids'
import { numberText } from './numbers'
import { sortNumbers } from './sort'
import type { Turns } from './turns'
import type { CategoryColumn, Column, ImageColumn, NumberColumn, Table } from './table'

const histogramBins = 20
const topCategories = 12

const profiles = new WeakMap<Column, ColumnView>()

/** One summary a column, in the order of the table. Computed once for each column. */
export function profileTable(table: Table): ColumnView[] {
  return table.columns.map(profileColumn)
}

/** Computes what `profileTable` gives, column by column, so that others get their turns and a cancel is heard. */
export async function profileInTurns(table: Table, turns: Turns): Promise<void> {
  for (const column of table.columns) {
    profileColumn(column)
    await turns.take()
  }
}

function profileColumn(column: Column): ColumnView {
  let profile = profiles.get(column)
  if (profile === undefined) {
    profile = viewOf(column)
    profiles.set(column, profile)
  }
  return profile
}

function viewOf(column: Column): ColumnView {
  switch (column.type) {
    case 'number':
      return profileNumbers(column)
    case 'category':
      return profileTexts(column)
    case 'image':
      return profileImages(column)
  }
}

/**
 * Rows `from`, `from + 1`, … as text, at most `count` and none beyond the end; null where a value is missing.
 * Numbers are written with the fewest digits that stand for their float64, dates as ISO 8601 has them.
 */
export function tableRows(table: Table, from: number, count: number): (string | null)[][] {
  const end = Math.min(table.rows, from + count)
  const rows: (string | null)[][] = []
  for (let row = Math.max(0, from); row < end; row++) rows.push(table.columns.map((column) => cellText(column, row)))
  return rows
}

/** One cell as text, or null where it is missing; an image is its size, `28×28`. */
export function cellText(column: Column, row: number): string | null {
  if (column.type === 'image') return `${column.width}×${column.height}`
  if (column.type === 'category') return column.categories[column.codes[row] ?? -1] ?? null
  const value = column.values[row] ?? NaN
  if (Number.isNaN(value)) return null
  return column.time === undefined ? numberText(value) : timeText(value, column.time)
}

function profileNumbers(column: NumberColumn): ColumnView {
  const present = sortNumbers(presentValues(column.values))
  const view = {
    name: column.name,
    type: columnType(column),
    storage: column.type,
    time: column.time ?? null,
    missing: column.values.length - present.length,
    top: []
  }
  const min = present[0]
  const max = present[present.length - 1]
  if (min === undefined || max === undefined) {
    return { ...view, distinct: 0, integers: false, min: null, max: null, mean: null, quartiles: null, histogram: [] }
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
  const quartiles = [quantileOf(present, 0.25), medianOf(present), quantileOf(present, 0.75)] as const
  return { ...view, distinct, integers, min, max, mean, quartiles, histogram: bins }
}

/** The values that are not missing. */
function presentValues(values: Float64Array): Float64Array {
  const present = new Float64Array(values.length)
  let length = 0
  for (const value of values) if (!Number.isNaN(value)) present[length++] = value
  return present.subarray(0, length)
}

function profileTexts(column: CategoryColumn): ColumnView {
  const counts = new Int32Array(column.categories.length)
  let missing = 0
  for (const code of column.codes) {
    if (code < 0) missing++
    else counts[code] = (counts[code] ?? 0) + 1
  }
  const ranked = mostFrequent(counts)
  return {
    name: column.name,
    type: columnType(column),
    storage: column.type,
    time: null,
    missing,
    // A category that no row has is not counted: tables made in memory may declare some.
    distinct: counts.filter((count) => count > 0).length,
    integers: false,
    min: null,
    max: null,
    mean: null,
    quartiles: null,
    histogram: ranked.map((code) => counts[code] ?? 0),
    top: ranked.map((code) => column.categories[code] ?? '')
  }
}

/** Different images are told apart by their pixels. */
function profileImages(column: ImageColumn): ColumnView {
  return {
    name: column.name,
    type: columnType(column),
    storage: column.type,
    time: null,
    missing: 0,
    distinct: imageIds(column).reduce((most, id) => Math.max(most, id + 1), 0),
    integers: false,
    min: null,
    max: null,
    mean: null,
    quartiles: null,
    histogram: [],
    top: []
  }
}

/** Codes of the most frequent categories. Ties keep the order of the categories. */
function mostFrequent(counts: Int32Array): number[] {
  const ranked: number[] = []
  for (const [code, count] of counts.entries()) {
    if (ranked.length === topCategories && count <= (counts[ranked.at(-1) ?? 0] ?? 0)) continue
    const place = ranked.findIndex((other) => (counts[other] ?? 0) < count)
    ranked.splice(place < 0 ? ranked.length : place, 0, code)
    if (ranked.length > topCategories) ranked.pop()
  }
  return ranked
}
