/** How far each column alone tells of the target, whatever the kinds of the two. */
import type { Task } from '../engine/catalog'
import type { AssociationView } from '../shared/views'
import { asCategories } from './cells'
import { thinned } from './honesty/check'
import { pearson, ranksOf } from './honesty/ranks'
import { findColumn, isMissing, type CellColumn, type NumberColumn, type Table } from './table'
import { atOnce } from './turns'

/** Cells looked at, so that a wide table does not take longer than a long one. */
const MOST_CELLS = 2_000_000
const MOST_ROWS = 50_000
/** Rows looked at however wide the table is. */
const FEWEST_ROWS = 1000

/**
 * Every column but the target against it, over the given rows or every n-th of them, in the order of the table. Columns
 * and rows without a value say nothing. Numbers against a target of values: |ρ| of Spearman (1904). Numbers against
 * classes, or categories against values: the correlation ratio, corrected (`correlationRatio`). Categories against classes:
 * Cramér's V, corrected (`cramersV`).
 */
export function associationsOf(table: Table, target: string, task: Task, rows: Int32Array): AssociationView[] {
  return atOnce(associationSteps(table, target, task, rows))
}

/** The same, column by column. */
export function* associationSteps(
  table: Table,
  target: string,
  task: Task,
  rows: Int32Array
): Generator<void, AssociationView[]> {
  const answer = findColumn(table, target)
  if (answer === undefined || (task === 'regression' && answer.type !== 'number')) return []
  const most = Math.min(MOST_ROWS, Math.max(FEWEST_ROWS, Math.floor(MOST_CELLS / table.columns.length)))
  const some = thinned(rows, most).filter((row) => !isMissing(answer, row))
  // Most columns have no gaps: the target is ranked once for all of them.
  const ranks = task === 'regression' && answer.type === 'number' ? ranksOf(valuesOf(answer, some)) : null
  const views: AssociationView[] = []
  for (const column of table.columns) {
    if (column === answer || column.type === 'image' || answer.type === 'image') continue
    yield
    const known = some.filter((row) => !isMissing(column, row))
    const all = known.length === some.length ? ranks : null
    const found = known.length < 2 ? null : association(column, answer, task, known, all)
    if (found === null || !Number.isFinite(found.value)) continue
    views.push({ column: column.name, ...found, rows: known.length })
  }
  return views
}

function association(
  column: CellColumn,
  answer: CellColumn,
  task: Task,
  rows: Int32Array,
  /** Of the answers in those rows, where they are known. */
  ranks: Float64Array | null
): Pick<AssociationView, 'measure' | 'value'> | null {
  if (task === 'regression' && answer.type === 'number') {
    if (column.type === 'category') {
      return { measure: 'correlation-ratio', value: correlationRatio(groupsOf(column, rows), valuesOf(answer, rows)) }
    }
    const rho = pearson(ranksOf(valuesOf(column, rows)), ranks ?? ranksOf(valuesOf(answer, rows)))
    return { measure: 'spearman', value: Math.min(1, Math.abs(rho)) }
  }
  const classes = groupsOf(answer, rows)
  return column.type === 'number'
    ? { measure: 'correlation-ratio', value: correlationRatio(classes, valuesOf(column, rows)) }
    : { measure: 'cramers-v', value: cramersV(groupsOf(column, rows), classes) }
}

interface Groups {
  /** Group of each row, from 0. */
  readonly of: Int32Array
  readonly count: number
}

function valuesOf({ values }: NumberColumn, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (row) => values[row] ?? NaN)
}

/** Groups by the value of the column; only those that some row is in are counted. */
function groupsOf(column: CellColumn, rows: Int32Array): Groups {
  const { codes } = asCategories(column)
  const places = new Map<number, number>()
  const of = rows.map((row) => {
    const code = codes[row] ?? -1
    const place = places.get(code) ?? places.size
    places.set(code, place)
    return place
  })
  return { of, count: places.size }
}

/**
 * How much of the spread of the values lies between the groups: η = √(SSB / SST), corrected for the spread that groups
 * differ by through chance, ε² = 1 − (1 − η²)(N − 1) / (N − k) (Kelley 1935). Groups of one row each tell nothing: 0.
 */
export function correlationRatio({ of, count }: Groups, values: Float64Array): number {
  const { length } = values
  if (count < 2 || length <= count) return 0
  const sums = new Float64Array(count)
  const sizes = new Int32Array(count)
  let sum = 0
  for (const [i, value] of values.entries()) {
    const group = of[i] ?? 0
    sums[group] = (sums[group] ?? 0) + value
    sizes[group] = (sizes[group] ?? 0) + 1
    sum += value
  }
  const mean = sum / length
  let total = 0
  let within = 0
  for (const [i, value] of values.entries()) {
    const group = of[i] ?? 0
    total += (value - mean) ** 2
    within += (value - (sums[group] ?? 0) / (sizes[group] ?? 1)) ** 2
  }
  if (total === 0) return 0
  return Math.sqrt(Math.max(0, 1 - ((within / total) * (length - 1)) / (length - count)))
}

/**
 * How far two divisions into groups go together: V = √(φ² / min(k − 1, r − 1)) with φ² = χ² / N (Cramér 1946), corrected
 * for what chance alone gives: φ² − (k − 1)(r − 1) / (N − 1), and k − (k − 1)² / (N − 1) for k, as for r (Bergsma 2013).
 */
export function cramersV(a: Groups, b: Groups): number {
  const { length } = a.of
  if (a.count < 2 || b.count < 2) return 0
  const together = new Map<number, number>()
  const sizesA = new Int32Array(a.count)
  const sizesB = new Int32Array(b.count)
  for (const [i, group] of a.of.entries()) {
    const other = b.of[i] ?? 0
    const cell = group * b.count + other
    together.set(cell, (together.get(cell) ?? 0) + 1)
    sizesA[group] = (sizesA[group] ?? 0) + 1
    sizesB[other] = (sizesB[other] ?? 0) + 1
  }
  // χ² / N = Σ nᵢⱼ² / (nᵢ nⱼ) − 1
  let squared = -1
  for (const [cell, rows] of together) {
    squared += rows ** 2 / ((sizesA[Math.floor(cell / b.count)] ?? 1) * (sizesB[cell % b.count] ?? 1))
  }
  const corrected = (count: number): number => count - (count - 1) ** 2 / (length - 1)
  const phi = Math.max(0, squared - ((a.count - 1) * (b.count - 1)) / (length - 1))
  const most = Math.min(corrected(a.count), corrected(b.count)) - 1
  // Rounding leaves a trace of groups of one row each, which tell nothing.
  return most <= 1e-9 ? 0 : Math.min(1, Math.sqrt(phi / most))
}
