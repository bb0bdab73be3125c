/** A column cut into a few levels, so that columns of every kind can be held against each other. */
import { sortNumbers } from '../sort'
import type { CellColumn } from '../table'
import { present } from './check'

/** Levels that numbers are cut into. */
const NUMBER_LEVELS = 32

export interface Levels {
  /** Level of each of the rows, from 0. */
  readonly of: Int32Array
  readonly count: number
}

/**
 * Categories are their own levels; numbers are cut at their quantiles, so that each level has about as many rows. What is
 * missing is a level of its own.
 */
export function levelsOf(column: CellColumn, rows: Int32Array): Levels {
  if (column.type === 'category') {
    const count = column.categories.length
    return { of: rows.map((row) => (column.codes[row] ?? -1) + 1), count: count + 1 }
  }
  const sorted = sortNumbers(present(column, rows))
  const edges: number[] = []
  for (let level = 1; level < NUMBER_LEVELS; level++) {
    const edge = sorted[Math.floor((level * sorted.length) / NUMBER_LEVELS)]
    if (edge !== undefined && edge !== edges.at(-1) && edge !== sorted[0]) edges.push(edge)
  }
  return { of: rows.map((row) => levelOf(column.values[row] ?? NaN, edges)), count: edges.length + 2 }
}

/** 0 for what is missing, else 1 + how many edges lie at or below the value. */
function levelOf(value: number, edges: readonly number[]): number {
  if (Number.isNaN(value)) return 0
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((edges[middle] ?? Infinity) <= value) low = middle + 1
    else high = middle
  }
  return 1 + low
}
