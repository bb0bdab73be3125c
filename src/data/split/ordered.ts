/** Rows sorted by a column's value, or as they stand in the file; the last ones are kept back. */
import { requireCells } from '../cells'
import { compareCodePoints } from '../numbers'
import type { Column } from '../table'
import { wayByShares } from './shares'
import { columnOf, type Parted } from './split'

/** Folds are an expanding window: what comes later is validated by what was before it, never the other way round. */
export const orderedWay = wayByShares(
  'ordered',
  ({ table, setting: { column: name } }) => {
    const column = name === null ? null : columnOf(table, name)
    return {
      take: (rows, wanted) => lastRows(column, rows, wanted),
      deal: (rows, folds) => blocksInOrder(column, rows, folds + 1)
    }
  },
  true
)

/** The last rows by the column's value, or of the file; equal ones as they stand in the file. */
function lastRows(column: Column | null, rows: Int32Array, wanted: number): Parted {
  const sorted = inOrder(column, rows)
  const from = sorted.length - Math.min(sorted.length - 1, Math.max(1, wanted))
  return { taken: sorted.slice(from).sort(), left: sorted.slice(0, from).sort() }
}

/** Blocks of rows that follow one another, as long as each other but for one row. */
function blocksInOrder(column: Column | null, rows: Int32Array, blocks: number): Int32Array {
  const blockOf = new Map<number, number>()
  for (const [place, row] of inOrder(column, rows).entries())
    blockOf.set(row, Math.floor((place * blocks) / rows.length))
  return rows.map((row) => blockOf.get(row) ?? 0)
}

function inOrder(column: Column | null, rows: Int32Array): Int32Array {
  return column === null ? rows.slice() : Int32Array.from([...rows].sort(orderOf(column)))
}

function orderOf(of: Column): (a: number, b: number) => number {
  const column = requireCells(of)
  if (column.type === 'number') {
    const at = (row: number) => column.values[row] ?? NaN
    // A missing one is before all numbers: what is not known to be late is trained on.
    return (a, b) => {
      const [left, right] = [at(a), at(b)]
      if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(right)) - Number(Number.isNaN(left))
      return left - right
    }
  }
  const ranks = new Int32Array(column.categories.length)
  const sorted = [...column.categories.keys()].sort((a, b) =>
    compareCodePoints(column.categories[a] ?? '', column.categories[b] ?? '')
  )
  for (const [rank, code] of sorted.entries()) ranks[code] = rank
  const at = (row: number) => ranks[column.codes[row] ?? -1] ?? -1
  return (a, b) => at(a) - at(b)
}
