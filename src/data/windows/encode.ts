/** Windows of a table as the numbers a network sees, by a preparation fitted before. A window goes by its last row. */
import { isRowSource, type RowSource, type Tensor } from '../../engine'
import { answeredRows, encodeFeatures, encodeTargets, usableRows } from '../encode'
import type { Preparation } from '../preparation'
import type { Table } from '../table'
import { orderRows, type OrderedRows } from './order'
import { covered, targetsAt, windowPlaces, type Places, type Reach } from './places'
import { windowSource } from './source'

/** A preparation of windows. */
export type WindowPreparation = Preparation & { readonly window: NonNullable<Preparation['window']> }

export function hasWindow(preparation: Preparation): preparation is WindowPreparation {
  return preparation.window !== undefined
}

/**
 * Features [N, F, T] of the windows that end at those rows.
 * @param rows each of them one that `windowRows` gives
 * @throws DataFormatError `missing-column`, `window-time`; those of `encodeFeatures`
 */
export function windowFeatures(preparation: WindowPreparation, table: Table, rows: Int32Array): RowSource {
  const { steps } = preparation.window
  const order = orderRows(table, preparation.window)
  const ends = placesOf(order, table, rows)
  const needed = covered(order.rows.length, ends, steps, 0)
  /** Where the prepared row of each place is: only rows that are needed are prepared. */
  const at = new Int32Array(needed.length)
  let count = 0
  for (const [place, isNeeded] of needed.entries()) {
    at[place] = count
    count += isNeeded
  }
  const wanted = order.rows.filter((_row, place) => needed[place] === 1)
  const features = encodeFeatures(preparation, table, wanted)
  // Images are refused where windows are set up.
  if (isRowSource(features)) throw new Error('windows of images cannot be made')
  const { shape, data } = features
  return windowSource(
    { width: shape[1] ?? 0, data },
    ends.map((end) => at[end] ?? 0),
    steps
  )
}

/**
 * What the network is to answer for the windows that end at those rows: [N, T · h], column by column: A +1 … A +h, B +1 ….
 * @param rows each of them one that `answeredWindows` says yes to
 * @throws DataFormatError of `encodeTargets`
 */
export function windowTargets(preparation: WindowPreparation, table: Table, rows: Int32Array): Tensor {
  const order = orderRows(table, preparation.window)
  const ends = placesOf(order, table, rows)
  const [, ahead] = targetsAt(0, preparation.window)
  const answers = new Int32Array(ends.length * ahead)
  for (const [i, end] of ends.entries()) {
    const [first] = targetsAt(end, preparation.window)
    for (let k = 0; k < ahead; k++) answers[i * ahead + k] = order.rows[first + k] ?? 0
  }
  const { shape, data } = encodeTargets(preparation, table, answers)
  const [, width = 1] = shape
  if (ahead === 1 || width === 1) return { shape: [ends.length, width * ahead], data }
  const byColumn = new Float64Array(data.length)
  for (let i = 0; i < ends.length; i++) {
    for (let k = 0; k < ahead; k++) {
      for (let column = 0; column < width; column++) {
        byColumn[(i * width + column) * ahead + k] = data[(i * ahead + k) * width + column] ?? 0
      }
    }
  }
  return { shape: [ends.length, width * ahead], data: byColumn }
}

/**
 * Rows at which a window ends that can be predicted from, ascending; those that have no future yet as well.
 * @throws DataFormatError `missing-column`, `window-time`
 */
export function windowRows(preparation: WindowPreparation, table: Table): Int32Array {
  const order = orderRows(table, preparation.window)
  const { ends } = placesOfWindows(preparation, table, order)
  return endRows(order, ends)
}

/** The rows of the windows that end at those rows: T each, the oldest first. */
export function windowCells(
  { window: { steps, ...by } }: WindowPreparation,
  table: Table,
  rows: Int32Array
): Int32Array {
  const order = orderRows(table, by)
  const cells = new Int32Array(rows.length * steps)
  for (const [i, end] of placesOf(order, table, rows).entries()) {
    cells.set(order.rows.subarray(end - steps + 1, end + 1), i * steps)
  }
  return cells
}

/** The rows of the last windows, in their order: of at most so many of them. */
export function lastWindows(preparation: WindowPreparation, table: Table, count: number): Int32Array {
  const order = orderRows(table, preparation.window)
  const last = placesOfWindows(preparation, table, order).ends.at(-1)
  if (last === undefined) return new Int32Array(0)
  return order.rows.slice(Math.max(0, last - preparation.window.steps - count + 2), last + 1)
}

/** True for rows at which a window ends whose answers are all known. */
export function answeredWindows(preparation: WindowPreparation, table: Table): (row: number) => boolean {
  const order = orderRows(table, preparation.window)
  const isAnswered = answeredRows(preparation, table)
  const target = Uint8Array.from(order.rows, (row) => (isAnswered(row) ? 0 : 1))
  const { ends } = placesOfWindows(preparation, table, order, target)
  const known = new Set(endRows(order, ends))
  return (row) => known.has(row)
}

/** Where windows end that hold no row that the features refuse. */
export function placesOfWindows(
  preparation: WindowPreparation,
  table: Table,
  order: OrderedRows,
  target?: Uint8Array
): Places {
  const isUsable = usableRows(preparation, table)
  const input = Uint8Array.from(order.rows, (row) => (isUsable(row) ? 0 : 1))
  return windowPlaces(order, preparation.window, target === undefined ? { input } : { input, target })
}

/** Row numbers of the table at those places, ascending: as rows that are no windows stand. */
export function endRows({ rows }: OrderedRows, ends: Int32Array): Int32Array {
  return ends.map((end) => rows[end] ?? 0).sort()
}

/** All rows that windows have as targets, by the place where each window ends. */
export function targetPlaces(places: number, ends: Int32Array, reach: Reach): Uint8Array {
  const [first, count] = targetsAt(0, reach)
  return covered(
    places + first,
    ends.map((end) => end + first),
    1,
    count - 1
  ).slice(0, places)
}

function placesOf({ rows }: OrderedRows, table: Table, wanted: Int32Array): Int32Array {
  const placeOf = new Int32Array(table.rows).fill(-1)
  for (const [place, row] of rows.entries()) placeOf[row] = place
  return wanted.map((row) => placeOf[row] ?? -1)
}
