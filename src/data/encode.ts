/**
 * Rows of a table as the numbers a network sees, by a preparation fitted before: features as their kinds say (see
 * `features/`); targets as class indices, or z = (raw − mean) / scale in float64, not rounded to float32.
 */
import type { Tensor } from '../engine'
import { DataFormatError } from '../shared/errors'
import { codesOf, numbersOf } from './cells'
import { coderOf } from './features'
import { imagesFor } from './features/image'
import type { FeaturePreparation, Preparation, TargetPreparation } from './preparation'
import { cellText } from './profile'
import { requireColumn, type Column, type Table } from './table'

/**
 * Features [N, F], F in the order of `featureNames`.
 * @param rows row numbers of the table, from 0; all rows when left out
 * @throws DataFormatError `missing-column`; with the row `not-a-number` where a number feature holds text, `missing-value`
 *   where nothing stands in for a missing one, `negative-value` where a logarithm is taken
 */
export function encodeFeatures(preparation: Preparation, table: Table, rows?: Int32Array): Tensor {
  const chosen = rows ?? Int32Array.from({ length: table.rows }, (_, row) => row)
  const coders = preparation.features.map((feature) => ({ name: feature.name, coder: coderOf(feature) }))
  const width = coders.reduce((sum, { coder }) => sum + coder.inputs.length, 0)
  const data = new Float64Array(chosen.length * width)
  let offset = 0
  for (const { name, coder } of coders) {
    coder.encode(requireColumn(table, name), table, chosen, { data, width, offset })
    offset += coder.inputs.length
  }
  return { shape: [chosen.length, width], data }
}

/**
 * A column as the feature reads it, row by row, before anything is filled: numbers (NaN where missing), texts (null
 * where missing), in which a number is the category that it stands for, or pixels [rows, channels, height, width].
 */
export function cellsFor(
  feature: FeaturePreparation,
  column: Column,
  table: Table
):
  | { takes: 'number' | 'time'; values: Float64Array }
  | { takes: 'text'; values: (string | null)[] }
  | { takes: 'image'; values: Uint8Array } {
  if (feature.kind === 'image') return { takes: 'image', values: imagesFor(feature, column, table).pixels }
  const { takes } = coderOf(feature)
  if (takes === 'image') throw new Error('only images are read as images')
  const rows = Array.from({ length: table.rows }, (_, row) => row)
  if (takes !== 'text') {
    const read = numbersOf(column, table, feature.kind === 'number' && feature.texts === 'missing')
    return { takes, values: Float64Array.from(rows, read) }
  }
  const names = 'categories' in feature ? feature.categories : []
  const read = codesOf(column, names)
  return { takes, values: rows.map((row) => names[read(row) ?? -1] ?? cellText(column, row)) }
}

/** True for rows that have what the features need, so that encoding them does not fail. */
export function usableRows(preparation: Preparation, table: Table): (row: number) => boolean {
  const refusing = preparation.features
    .map((feature) => coderOf(feature).refuses(requireColumn(table, feature.name), table))
    .filter((refuses) => refuses !== null)
  return (row) => !refusing.some((refuses) => refuses(row))
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
