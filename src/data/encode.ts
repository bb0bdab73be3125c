/**
 * Rows of a table as the numbers a network sees, by a preparation fitted before: features as their kinds say (see
 * `features/`); targets as class indices, or z = (raw − mean) / scale in float64, not rounded to float32.
 */
import type { Features, Tensor } from '../engine'
import { DataFormatError } from '../shared/errors'
import { codesOf, numbersOf } from './cells'
import { coderOf } from './features'
import { imageRows, imagesFor } from './features/image'
import { targetNames, type FeaturePreparation, type Preparation, type TargetPreparation } from './preparation'
import { cellText } from './profile'
import { isMissing, requireColumn, type Column, type Table } from './table'

/**
 * Features [N, F], F in the order of `featureNames`. Images stay bytes: their rows are made when asked for.
 * @param rows row numbers of the table, from 0; all rows when left out
 * @throws DataFormatError `missing-column`; with the row `not-a-number` where a number feature holds text, `missing-value`
 *   where nothing stands in for a missing one, `negative-value` where a logarithm is taken
 */
export function encodeFeatures(preparation: Preparation, table: Table, rows?: Int32Array): Features {
  const chosen = rows ?? Int32Array.from({ length: table.rows }, (_, row) => row)
  const [first, ...others] = preparation.features
  if (first?.kind === 'image' && others.length === 0)
    return imageRows(first, requireColumn(table, first.name), table, chosen)
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
 * Targets: for binary and multi-class [N, 1], the class index; for regression [N, T], (raw − mean) / scale of each value; for
 * multi-label [N, T], 1 where a label is the second of its classes, else 0.
 * @throws DataFormatError `missing-column`; `missing-target`, `unknown-class` or `not-a-number`, with the row
 */
export function encodeTargets(preparation: Preparation, table: Table, rows: Int32Array): Tensor {
  const readers = targetReaders(preparation.target, table)
  const width = readers.length
  const data = new Float64Array(rows.length * width)
  for (const [k, at] of readers.entries()) {
    for (let i = 0; i < rows.length; i++) data[i * width + k] = at(rows[i] ?? 0)
  }
  return { shape: [rows.length, width], data }
}

/** True for rows that have an answer in every target. */
export function answeredRows(preparation: Preparation, table: Table): (row: number) => boolean {
  const columns = targetNames(preparation).map((name) => requireColumn(table, name))
  return (row) => columns.every((column) => !isMissing(column, row))
}

/** What the network is to answer for a row, output by output; each throws as `encodeTargets` does. */
export function targetReaders(target: TargetPreparation, table: Table): ((row: number) => number)[] {
  switch (target.task) {
    case 'regression':
      return target.values.map((value) => valueReader(value, table))
    case 'multi-label':
      return target.labels.map((label) => classReader(label, table))
    default:
      return [classReader(target, table)]
  }
}

function valueReader(
  { name, mean, scale }: { readonly name: string; readonly mean: number; readonly scale: number },
  table: Table
): (row: number) => number {
  const values = numbersOf(requireColumn(table, name), table)
  return (row) => {
    const raw = values(row)
    if (Number.isNaN(raw)) throw missingTarget(name, table, row)
    return (raw - mean) / scale
  }
}

function classReader(
  { name, classes }: { readonly name: string; readonly classes: readonly string[] },
  table: Table
): (row: number) => number {
  const codes = codesOf(requireColumn(table, name), classes)
  return (row) => {
    const code = codes(row)
    if (code === null) throw missingTarget(name, table, row)
    if (code >= 0) return code
    throw new DataFormatError(
      'unknown-class',
      `${table.fileName}, row ${row + 1}, target "${name}": this class was not in the training data. Leave the row out or train again.`,
      { file: table.fileName, row: row + 1, column: name }
    )
  }
}

function missingTarget(name: string, table: Table, row: number): DataFormatError {
  return new DataFormatError(
    'missing-target',
    `${table.fileName}, row ${row + 1}, target "${name}": the value is missing. Leave the row out.`,
    { file: table.fileName, row: row + 1, column: name }
  )
}
