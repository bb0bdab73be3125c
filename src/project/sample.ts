/**
 * A run's sample: a few real rows of its feature columns, kept with it so that an exported file can be checked
 * on real rows later, wherever the data is by then.
 */
import * as v from 'valibot'
import { isMissing, type Column, type Preparation, type Table } from '../data'
import { compareCodePoints } from '../data/numbers'
import type { RunRecord } from './record'

/** Rows kept, and cells at most where there are many columns. */
const MAX_ROWS = 100
const MAX_CELLS = 200_000

const columnSchema = v.variant('type', [
  v.strictObject({
    name: v.string(),
    type: v.literal('number'),
    /** null is a missing value. */
    values: v.array(v.nullable(v.pipe(v.number(), v.finite())))
  }),
  v.strictObject({ name: v.string(), type: v.literal('category'), values: v.array(v.nullable(v.string())) })
])

/** `sample.json` */
export const sampleSchema = v.pipe(
  v.strictObject({
    rows: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_ROWS)),
    columns: v.array(columnSchema)
  }),
  v.check(
    ({ rows, columns }) => columns.every((column) => column.values.length === rows),
    'columns must have `rows` values each'
  )
)
export type SampleFile = v.InferOutput<typeof sampleSchema>

/** The feature columns of a table alone, in preparation order, for rows worth looking at. */
export function takeSample(preparation: Preparation, table: Table): Table {
  const rows = Math.max(1, Math.min(MAX_ROWS, Math.floor(MAX_CELLS / preparation.features.length)))
  const columns = featureColumns(preparation, table)
  return { ...selectRows({ ...table, columns }, chooseRows(preparation, table, rows)), notices: [], duplicateNames: [] }
}

/**
 * At most `count` rows of a table, spread evenly, up to half of them rows where a feature is missing (as far as
 * there are any).
 */
export function chooseRows(preparation: Preparation, table: Table, count: number): Int32Array {
  const all = Array.from({ length: table.rows }, (_, row) => row)
  if (all.length <= count) return Int32Array.from(all)
  const columns = featureColumns(preparation, table)
  const incomplete = all.filter((row) => columns.some((column) => isMissing(column, row)))
  const chosen = new Set(spread(incomplete, Math.floor(count / 2)))
  const others = all.filter((row) => !chosen.has(row))
  for (const row of spread(others, count - chosen.size)) chosen.add(row)
  return Int32Array.from(chosen).sort()
}

/** A table of those rows, in that order. */
export function selectRows(table: Table, rows: Int32Array): Table {
  const columns = table.columns.map((column): Column =>
    column.type === 'number'
      ? { type: 'number', name: column.name, values: Float64Array.from(rows, (row) => column.values[row] ?? NaN) }
      : {
          type: 'category',
          name: column.name,
          codes: Int32Array.from(rows, (row) => column.codes[row] ?? -1),
          categories: column.categories
        }
  )
  return { ...table, rows: rows.length, columns }
}

export function sampleToFile({ rows, columns }: Table): SampleFile {
  return {
    rows,
    columns: columns.map((column) =>
      column.type === 'number'
        ? {
            name: column.name,
            type: 'number',
            values: Array.from(column.values, (value) => (Number.isFinite(value) ? value : null))
          }
        : {
            name: column.name,
            type: 'category',
            values: Array.from(column.codes, (code) => column.categories[code] ?? null)
          }
    )
  }
}

export function sampleFromFile({ rows, columns }: SampleFile, { data }: RunRecord): Table {
  return {
    fileName: data.fileName,
    sha256: data.sha256,
    rows,
    columns: columns.map((column): Column => {
      const { name } = column
      if (column.type === 'number')
        return { name, type: 'number', values: Float64Array.from(column.values, (value) => value ?? NaN) }
      const categories = [...new Set(column.values.filter((value) => value !== null))].sort(compareCodePoints)
      const codeOf = new Map(categories.map((category, code) => [category, code]))
      const codes = Int32Array.from(column.values, (value) => (value === null ? -1 : (codeOf.get(value) ?? -1)))
      return { name, type: 'category', codes, categories }
    }),
    duplicateNames: [],
    notices: []
  }
}

function featureColumns(preparation: Preparation, table: Table): Column[] {
  const byName = new Map(table.columns.map((column) => [column.name, column]))
  return preparation.features.map(({ name }) => byName.get(name)).filter((column) => column !== undefined)
}

function spread(rows: readonly number[], count: number): number[] {
  if (rows.length <= count) return [...rows]
  return Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)] ?? 0)
}
