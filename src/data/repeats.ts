/** Rows that stand in a table more than once. */
import type { Setup } from '../shared/setup'
import type { Notice } from '../shared/views'
import { equalRows } from './equal-rows'
import { namesImageFiles, type Column, type Table } from './table'
import { atOnce } from './turns'

/**
 * The columns that say what a row is, and not where it stands or what the file of its image is called: the same row in two files
 * or two parts is a twin.
 */
export function describingColumns(table: Table, { split }: Pick<Setup, 'split'>): readonly Column[] {
  const asides = new Set([table.joined?.column, split.by === 'fixed' ? split.column : null])
  return table.columns.filter((column) => !asides.has(column.name) && !namesImageFiles(column))
}

/** Which rows repeat an earlier one in all of those columns. */
export interface Repeats {
  /** 1 for each of them. */
  readonly marks: Uint8Array
  readonly notices: readonly Notice[]
}

/** None unless a person wants every row once (`setup.repeats`). */
export function repeatsOf(table: Table, setup: Setup): Repeats {
  const marks = new Uint8Array(table.rows)
  if (setup.repeats === 'keep') return { marks, notices: [] }
  const all = Int32Array.from({ length: table.rows }, (_, row) => row)
  let count = 0
  for (const [, ...twins] of atOnce(equalRows(describingColumns(table, setup), all))) {
    for (const row of twins) marks[row] = 1
    count += twins.length
  }
  if (count === 0) return { marks, notices: [] }
  const message = `${count} ${count === 1 ? 'row repeats' : 'rows repeat'} an earlier one exactly and ${count === 1 ? 'is' : 'are'} left out.`
  const remedy = { label: 'Keep repeated rows', change: { repeats: 'keep' as const } }
  return { marks, notices: [{ code: 'repeats-left-out', severity: 'info', message, columns: [], remedy }] }
}
