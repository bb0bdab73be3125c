/** What the network of a preparation takes and answers on a table: rows as they are, or windows, which go by their last row. */
import type { Features, Tensor } from '../engine'
import { answeredRows as answeredCells, encodeFeatures as encodeCells, encodeTargets as encodeAnswers } from './encode'
import type { Preparation } from './preparation'
import type { Table } from './table'
import { answeredWindows, hasWindow, windowCells, windowFeatures, windowRows, windowTargets } from './windows'

/**
 * Rows that can be predicted from, ascending: all, or for windows those at which a whole one ends.
 * @throws DataFormatError `missing-column`, `window-time`
 */
export function inputRows(preparation: Preparation, table: Table): Int32Array {
  if (hasWindow(preparation)) return windowRows(preparation, table)
  return Int32Array.from({ length: table.rows }, (_, row) => row)
}

/**
 * The rows whose cells each of `inputRows` is made of, one input after the other: itself, or the T rows of its window, the
 * oldest first.
 */
export function inputCells(preparation: Preparation, table: Table): Int32Array {
  const rows = inputRows(preparation, table)
  return hasWindow(preparation) ? windowCells(preparation, table, rows) : rows
}

/**
 * Features of those rows, which `inputRows` gives, or of all of these: [N, F], or [N, F, T] of windows, the oldest row first.
 * @throws DataFormatError of `encodeFeatures` in `encode.ts`; `window-time`
 */
export function encodeFeatures(preparation: Preparation, table: Table, rows = inputRows(preparation, table)): Features {
  return hasWindow(preparation) ? windowFeatures(preparation, table, rows) : encodeCells(preparation, table, rows)
}

/**
 * What the network is to answer for those rows; windows that look ahead h steps have them column by column, [N, T · h].
 * @throws DataFormatError of `encodeTargets` in `encode.ts`
 */
export function encodeTargets(preparation: Preparation, table: Table, rows: Int32Array): Tensor {
  return hasWindow(preparation) ? windowTargets(preparation, table, rows) : encodeAnswers(preparation, table, rows)
}

/** True for rows that can be predicted from and have an answer in every target, and in every step of it. */
export function answeredRows(preparation: Preparation, table: Table): (row: number) => boolean {
  return hasWindow(preparation) ? answeredWindows(preparation, table) : answeredCells(preparation, table)
}
