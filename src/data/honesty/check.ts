/** A check of the data: one thing that makes results look better, or worse, than they are. */
import type { ColumnSetting } from '../../shared/column-setting'
import type { Setup } from '../../shared/setup'
import type { ColumnView, Notice, Remedy } from '../../shared/views'
import { presentOf, valuesAt } from '../features/statistics'
import type { CellColumn, NumberColumn, Table } from '../table'
import type { Target } from '../target'

/** What a check looks at. */
export interface Look {
  readonly table: Table
  /** In the order of the table's columns. */
  readonly views: readonly ColumnView[]
  readonly setup: Setup
  /** Columns to predict, over the rows that have an answer in all of them. */
  readonly targets: readonly Target[]
  /** The first of them. */
  readonly target: Target
  /** Columns that the network sees, in the order of the table; images are not looked at. */
  readonly features: readonly CellColumn[]
  /** Row numbers of the table, ascending. */
  readonly trainRows: Int32Array
  readonly validationRows: Int32Array
}

export interface Check {
  /** Code of its findings. */
  readonly code: string
  /** What it found: nothing when all is well. One that takes long says by `yield` where others may get a turn. */
  run(look: Look): Notice[] | Generator<void, Notice[]>
}

/** What is found column by column. */
export function* columnByColumn<Item>(
  columns: readonly Item[],
  find: (column: Item) => Notice[]
): Generator<void, Notice[]> {
  const found: Notice[] = []
  for (const column of columns) {
    yield
    found.push(...find(column))
  }
  return found
}

/** Rows looked at where looking at all would take long; the same ones each time. */
export const MOST_ROWS = 50_000

/** Every n-th of the rows, so that at most `most` are left. */
export function thinned(rows: Int32Array, most = MOST_ROWS): Int32Array {
  if (rows.length <= most) return rows
  const step = rows.length / most
  return Int32Array.from({ length: most }, (_, i) => rows[Math.floor(i * step)] ?? 0)
}

/** The numbers of a column in some rows, without those that are missing. */
export function present({ values }: NumberColumn, rows: Int32Array): Float64Array {
  return presentOf(valuesAt(rows, (row) => values[row] ?? NaN))
}

/** `12.3 %` */
export function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0 && share < 0.001 ? 3 : 1)} %`
}

/** A number as evidence shows it: four digits that matter. */
export function shown(value: number): string {
  return String(Number(value.toPrecision(4)))
}

/** `1 row`, `12 rows` */
export function counted(count: number, one: string): string {
  return `${count} ${count === 1 ? one : `${one}s`}`
}

/** Does without a column. */
export function leaveOut({ ignored }: Setup, name: string): Remedy {
  return { label: `Leave out ${name}`, change: { ignored: [...ignored, name] } }
}

/** The change of a setup that gives one column other settings, the rest of it as it was. */
export function columnChange(setup: Setup, name: string, change: Partial<ColumnSetting>): Partial<Setup> {
  const others = setup.columns.filter((each) => each.name !== name)
  const before = setup.columns.find((each) => each.name === name)
  return { columns: [...others, { ...before, ...change, name }] }
}
