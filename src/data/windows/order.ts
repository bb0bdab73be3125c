/** The rows of a table in the order in which windows go over them: series after series, each by time. */
import type { WindowSetting } from '../../shared/column-setting'
import { DataFormatError } from '../../shared/errors'
import { asCategories, numbersOf, requireCells } from '../cells'
import { parseNumber } from '../numbers'
import { requireColumn, type Table } from '../table'

/** What a window says of the order of rows. */
export type Order = Pick<WindowSetting, 'time' | 'series'>

/** A place is an index into `rows`. */
export interface OrderedRows {
  /** Row numbers of the table: each series in a stretch of its own, in which later rows come later. */
  readonly rows: Int32Array
  /** The place where each series begins, and behind the last one the number of places. */
  readonly starts: Int32Array
  /** The moment of each place; null where the order is that of the file. */
  readonly moments: Float64Array | null
  /** Rows that have no place: nobody knows when they were, or of what they are. */
  readonly withoutTime: number
  readonly withoutSeries: number
}

/**
 * Rows of one moment stay as they stand in the file. Rows without a moment or a series have no place.
 * @throws DataFormatError `missing-column`; `window-time` where the time is neither numbers nor dates; `image-column`
 */
export function orderRows(table: Table, { time, series }: Order): OrderedRows {
  const at = time === null ? null : momentReader(table, time)
  const codes = series === null ? null : asCategories(requireColumn(table, series)).codes
  let withoutTime = 0
  let withoutSeries = 0
  const groups = new Map<number, number[]>()
  for (let row = 0; row < table.rows; row++) {
    const code = codes === null ? 0 : (codes[row] ?? -1)
    if (code < 0) withoutSeries++
    else if (at !== null && Number.isNaN(at(row))) withoutTime++
    else {
      const group = groups.get(code)
      if (group === undefined) groups.set(code, [row])
      else group.push(row)
    }
  }
  const ordered = [...groups].sort(([left], [right]) => left - right).map(([, rows]) => rows)
  const starts = new Int32Array(ordered.length + 1)
  const rows = new Int32Array(table.rows - withoutTime - withoutSeries)
  let place = 0
  for (const [index, group] of ordered.entries()) {
    starts[index] = place
    rows.set(at === null ? group : sorted(group, at), place)
    place += group.length
  }
  starts[ordered.length] = place
  const moments = at === null ? null : Float64Array.from(rows, at)
  return { rows, starts, moments, withoutTime, withoutSeries }
}

/** Each series as its first place and the place behind its last one. */
export function* stretches({ starts }: Pick<OrderedRows, 'starts'>): Generator<readonly [from: number, to: number]> {
  for (let index = 0; index + 1 < starts.length; index++) yield [starts[index] ?? 0, starts[index + 1] ?? 0]
}

function momentReader(table: Table, name: string): (row: number) => number {
  const column = requireCells(requireColumn(table, name))
  const text = column.type === 'category' ? column.categories.find((each) => parseNumber(each) === null) : undefined
  if (text === undefined) return numbersOf(column, table)
  throw new DataFormatError(
    'window-time',
    `${table.fileName}: rows are to be put in order by "${name}", which holds text such as "${text.slice(0, 40)}". Choose a column of numbers or of dates, or none for the order of the file.`,
    { file: table.fileName, column: name }
  )
}

/** By moment; equal ones as they stand in the file. */
function sorted(rows: number[], at: (row: number) => number): number[] {
  // Most files are in order already.
  const inOrder = rows.every((row, index) => index === 0 || at(rows[index - 1] ?? 0) <= at(row))
  return inOrder ? rows : rows.sort((a, b) => at(a) - at(b))
}
