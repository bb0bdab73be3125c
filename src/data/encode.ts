/**
 * Rows of a table as the numbers a network sees, by a preparation fitted before.
 *
 * number: z = (x − mean) / scale in float64, with x the number of the file rounded to float32, or `fill` where it is
 * missing or beyond float32. A target of regression is not rounded.
 * raw: that x itself; a missing number is an error.
 * category: one input for each category of the training rows, 1 where the row has it; a missing value counts as
 * `fill`, a category that was never trained on gives zeros alone.
 */
import type { Tensor } from '../engine'
import { DataFormatError } from '../shared/errors'
import { featureNumber, numberText, parseNumber } from './numbers'
import { featureNames, type FeaturePreparation, type Preparation, type TargetPreparation } from './preparation'
import { requireColumn, type Column, type Table } from './table'

/**
 * Features [N, F], F in the order of `featureNames`.
 * @param rows row numbers of the table, from 0; all rows when left out
 * @throws DataFormatError `missing-column`; `not-a-number` where a number feature holds text and `missing-value` where a
 *   raw one holds nothing, with the row
 */
export function encodeFeatures(preparation: Preparation, table: Table, rows?: Int32Array): Tensor {
  const chosen = rows ?? Int32Array.from({ length: table.rows }, (_, row) => row)
  const width = featureNames(preparation).length
  const data = new Float64Array(chosen.length * width)
  let offset = 0
  for (const feature of preparation.features) {
    const column = requireColumn(table, feature.name)
    offset += encodeFeature(feature, column, table, chosen, data, width, offset)
  }
  return { shape: [chosen.length, width], data }
}

/**
 * Targets [N, 1]: the class index, or for regression (raw − mean) / scale.
 * @throws DataFormatError `missing-column`; `missing-target`, `unknown-class` or `not-a-number`, with the row
 */
export function encodeTargets(preparation: Preparation, table: Table, rows: Int32Array): Tensor {
  const { target } = preparation
  const column = requireColumn(table, target.name)
  const data = new Float64Array(rows.length)
  const at = targetReader(target, column, table)
  for (let i = 0; i < rows.length; i++) data[i] = at(rows[i] ?? 0)
  return { shape: [rows.length, 1], data }
}

function encodeFeature(
  feature: FeaturePreparation,
  column: Column,
  table: Table,
  rows: Int32Array,
  data: Float64Array,
  width: number,
  offset: number
): number {
  if (feature.kind === 'number') {
    const values = numbersOf(column, table)
    for (let i = 0; i < rows.length; i++) {
      const x = featureNumber(values(rows[i] ?? 0))
      data[i * width + offset] = ((Number.isNaN(x) ? feature.fill : x) - feature.mean) / feature.scale
    }
    return 1
  }
  if (feature.kind === 'raw') {
    const values = numbersOf(column, table)
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] ?? 0
      const x = featureNumber(values(row))
      if (Number.isNaN(x)) throw missingValue(column, table, row, 'Write a number, or leave the row out.')
      data[i * width + offset] = x
    }
    return 1
  }
  const fill = feature.categories.indexOf(feature.fill)
  const codes = codesOf(column, feature.categories)
  for (let i = 0; i < rows.length; i++) {
    const code = codes(rows[i] ?? 0)
    const hot = code === null ? fill : code
    if (hot >= 0) data[i * width + offset + hot] = 1
  }
  return feature.categories.length
}

/** The error for a cell without a number that float32 can express, where nothing may stand in for it. */
export function missingValue(column: Column, table: Table, row: number, advice: string): DataFormatError {
  const value = column.type === 'number' ? (column.values[row] ?? NaN) : NaN
  const got = Number.isNaN(value) ? 'nothing' : `${value}, which is beyond float32 (±3.4e38)`
  return new DataFormatError(
    'missing-value',
    `${table.fileName}, row ${row + 1}, column "${column.name}": expected a number, since numbers are taken as they stand in the file, got ${got}. ${advice}`,
    { file: table.fileName, row: row + 1, column: column.name }
  )
}

/** Reads a column as numbers, NaN where missing. Text is allowed as long as the rows asked for hold numbers. */
export function numbersOf(column: Column, table: Table): (row: number) => number {
  if (column.type === 'number') return (row) => column.values[row] ?? NaN
  const parsed = column.categories.map(parseNumber)
  return (row) => {
    const code = column.codes[row] ?? -1
    if (code < 0) return NaN
    const value = parsed[code] ?? null
    if (value !== null) return Number.isFinite(value) ? value : NaN
    const cell = column.categories[code] ?? ''
    throw new DataFormatError(
      'not-a-number',
      `${table.fileName}, row ${row + 1}, column "${column.name}": expected a number as in the training data, got "${cell.slice(0, 40)}". Correct the cell or leave it empty.`,
      { file: table.fileName, row: row + 1, column: column.name }
    )
  }
}

/** Reads a column as indices into `names`: null where missing, -1 where it holds something else. */
export function codesOf(column: Column, names: readonly string[]): (row: number) => number | null {
  const index = new Map(names.map((name, code) => [name, code]))
  if (column.type === 'category') {
    const codes = column.categories.map((category) => index.get(category) ?? -1)
    return (row) => {
      const code = column.codes[row] ?? -1
      return code < 0 ? null : (codes[code] ?? -1)
    }
  }
  // The column holds text elsewhere but nothing but numbers here: `1.0` was a category, its number is 1.
  const byValue = new Map<number, number>()
  for (const [code, name] of names.entries()) {
    const value = parseNumber(name)
    if (value !== null && !byValue.has(value)) byValue.set(value, code)
  }
  return (row) => {
    const value = column.values[row] ?? NaN
    if (Number.isNaN(value)) return null
    return index.get(numberText(value)) ?? byValue.get(value) ?? -1
  }
}

function targetReader(target: TargetPreparation, column: Column, table: Table): (row: number) => number {
  const place = (row: number): string => `${table.fileName}, row ${row + 1}, target "${target.name}"`
  const details = (row: number): Record<string, string | number> => ({
    file: table.fileName,
    row: row + 1,
    column: target.name
  })
  const missing = (row: number): DataFormatError =>
    new DataFormatError('missing-target', `${place(row)}: the value is missing. Leave the row out.`, details(row))

  if (target.task === 'regression') {
    const values = numbersOf(column, table)
    return (row) => {
      const raw = values(row)
      if (Number.isNaN(raw)) throw missing(row)
      return (raw - target.mean) / target.scale
    }
  }
  const codes = codesOf(column, target.classes)
  return (row) => {
    const code = codes(row)
    if (code === null) throw missing(row)
    if (code >= 0) return code
    throw new DataFormatError(
      'unknown-class',
      `${place(row)}: this class was not in the training data. Leave the row out or train again.`,
      details(row)
    )
  }
}
