/** Tables whose numbers are taken as they stand in the file: nothing is filled, encoded or left out. */
import { DataFormatError } from '../shared/errors'
import { missingValue } from './cells'
import { rawImage } from './features/image'
import { rawNumber } from './features/raw'
import { featureNumber, parseNumber } from './numbers'
import type { FeaturePreparation } from './preparation'
import type { CategoryColumn, Column, Table } from './table'
import { answersIn, type Targets } from './target'

const FEATURE_ADVICE = 'Leave the column out (--ignore), or have numbers prepared (without --no-prepare).'
const FEATURE = { expected: rawNumber, advice: FEATURE_ADVICE }
const TARGET = {
  expected: rawNumber,
  advice: 'Write a value, or have rows without one left out (without --no-prepare).'
}

/**
 * The features, one for each column.
 * @throws DataFormatError `not-a-number`, `missing-value` with the column and the row
 */
export function rawFeatures(table: Table, columns: readonly Column[]): FeaturePreparation[] {
  return columns.map((column) => {
    if (column.type === 'image') return rawImage(column)
    if (column.type === 'category') throw textCell(table, column)
    const row = column.values.findIndex((value) => Number.isNaN(featureNumber(value)))
    if (row >= 0) throw missingValue(column, table, row, FEATURE)
    return { name: column.name, kind: 'raw' }
  })
}

/**
 * Makes sure that every row has an answer: none is left out unasked.
 * @throws DataFormatError `missing-value` with the row
 */
export function requireEveryTarget(table: Table, { all, rows }: Targets): void {
  if (rows.length === table.rows) return
  // `rows` ascends: the first place where it is ahead of its index is the first row left out.
  const ahead = rows.findIndex((row, index) => row !== index)
  const gap = ahead < 0 ? rows.length : ahead
  const { column } = all.find((target) => !answersIn(target.column, target.task)(gap)) ?? all[0]
  throw missingValue(column, table, gap, TARGET)
}

function textCell(table: Table, column: CategoryColumn): DataFormatError {
  const isText = column.categories.map((category) => parseNumber(category) === null)
  const row = Math.max(
    0,
    column.codes.findIndex((code) => code < 0 || isText[code] === true)
  )
  const code = column.codes[row] ?? -1
  if (code < 0) return missingValue(column, table, row, FEATURE)
  const cell = (column.categories[code] ?? '').slice(0, 40)
  return new DataFormatError(
    'not-a-number',
    `${table.fileName}, row ${row + 1}, column "${column.name}": expected ${rawNumber}, got "${cell}". ${FEATURE_ADVICE}`,
    { file: table.fileName, row: row + 1, column: column.name }
  )
}
