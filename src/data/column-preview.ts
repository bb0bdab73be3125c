/** A column before and after preparation: cells of training rows as the file has them, and the numbers made of them. */
import { wholeTensor } from '../engine'
import type { ColumnPreviewView } from '../shared/views'
import { encodeFeatures, targetReaders } from './encode'
import { coderOf } from './features'
import { featureRule, targetRule } from './feature-rule'
import { targetNames, type Preparation } from './preparation'
import type { Prepared } from './prepare'
import { cellText } from './profile'
import { isMissing, requireColumn, type Column, type Table } from './table'

/** Cells shown. */
const CELLS = 5
/** Training rows that cells are chosen from. */
const MOST_ROWS = 50_000
/** Inputs of which all are told; of more, those that are not 0. */
const FEW_INPUTS = 12

type Encoded = ColumnPreviewView['cells'][number]['inputs']

/**
 * Five cells of training rows that show most, and what the preparation makes of them: for numbers the least, the largest
 * and those between at equal shares of the rows; for others five different ones, the most frequent first; one that is
 * missing wherever there is one.
 * @throws DataFormatError `missing-column`; those of `encodeFeatures`
 */
export function columnPreview(table: Table, prepared: Prepared, name: string): ColumnPreviewView {
  const column = requireColumn(table, name)
  const { preparation, trainRows } = prepared
  const rows = tellingRows(column, trainRows)
  const { inputs, rule, encoded } = after(table, preparation, name, rows)
  return {
    name,
    trainRows: preparation.trainRows,
    inputs,
    rule,
    cells: Array.from(rows, (row, i) => ({ row: row + 1, raw: cellText(column, row), inputs: encoded(i) }))
  }
}

function after(
  table: Table,
  preparation: Preparation,
  name: string,
  rows: Int32Array
): { inputs: readonly string[]; rule: string | null; encoded: (i: number) => Encoded } {
  const feature = preparation.features.find((each) => each.name === name)
  const place = targetNames(preparation).indexOf(name)
  // The past of what windows predict is a feature too, whose gaps are filled.
  if (place >= 0 && feature === undefined) {
    const read = targetReaders(preparation.target, table)[place]
    return {
      inputs: [name],
      rule: targetRule(preparation.target, name),
      encoded: (i) => [[name, read?.(rows[i] ?? 0) ?? NaN]]
    }
  }
  if (feature === undefined) return { inputs: [], rule: null, encoded: () => [] }
  const { inputs } = coderOf(feature)
  const { data } = wholeTensor(encodeFeatures({ ...preparation, features: [feature] }, table, rows))
  return {
    inputs,
    rule: featureRule(feature),
    encoded: (i) => {
      const all = inputs.map((input, at) => [input, data[i * inputs.length + at] ?? NaN] as const)
      return inputs.length <= FEW_INPUTS ? all : all.filter(([, value]) => value !== 0).slice(0, FEW_INPUTS)
    }
  }
}

/** @param all ascending */
function tellingRows(column: Column, all: Int32Array): Int32Array {
  const step = Math.max(1, Math.ceil(all.length / MOST_ROWS))
  const rows = all.filter((_, index) => index % step === 0)
  const present = rows.filter((row) => !isMissing(column, row))
  // A gap is rare: look for it in all rows.
  const gap = all.find((row) => isMissing(column, row))
  const wanted = gap === undefined ? CELLS : CELLS - 1
  const chosen = choose(column, present, wanted)
  return Int32Array.from(gap === undefined ? chosen : [...chosen, gap])
}

function choose(column: Column, present: Int32Array, wanted: number): Iterable<number> {
  switch (column.type) {
    case 'number':
      return spread(column.values, present, wanted)
    case 'category':
      return frequent(column.codes, present, wanted)
    case 'image':
      return present.subarray(0, wanted)
  }
}

/** Rows at equal shares of the sorted values, each value once. */
function spread(values: Float64Array, rows: Int32Array, wanted: number): number[] {
  const at = (row: number): number => values[row] ?? NaN
  const firstOf = new Map<number, number>()
  for (const row of rows) if (!firstOf.has(at(row))) firstOf.set(at(row), row)
  const sorted = Int32Array.from(firstOf.values()).sort((a, b) => at(a) - at(b))
  if (sorted.length <= wanted) return [...sorted]
  return Array.from({ length: wanted }, (_, i) => sorted[Math.round((i * (sorted.length - 1)) / (wanted - 1))] ?? 0)
}

/** The first rows of the most frequent categories. */
function frequent(codes: Int32Array, rows: Int32Array, wanted: number): number[] {
  const found = new Map<number, { first: number; count: number }>()
  for (const row of rows) {
    const entry = found.get(codes[row] ?? -1)
    if (entry === undefined) found.set(codes[row] ?? -1, { first: row, count: 1 })
    else entry.count++
  }
  return [...found.values()]
    .sort((a, b) => b.count - a.count)
    .slice(0, wanted)
    .map(({ first }) => first)
}
