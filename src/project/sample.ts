/**
 * A run's sample: a few real rows of its feature columns, kept with it so that an exported file can be checked
 * on real rows later, wherever the data is by then.
 */
import * as v from 'valibot'
import {
  featureNames,
  hasWindow,
  imageSize,
  isMissing,
  lastWindows,
  noneSkipped,
  usableRows,
  type Column,
  type NumberColumn,
  type Preparation,
  type Table
} from '../data'
import { compareCodePoints } from '../data/numbers'
import { MAX_WINDOW_STEPS } from '../shared/column-setting'
import type { RunRecord } from './record'

/** Rows kept (and for windows those before them), and cells at most where there are many columns. */
const MAX_ROWS = 100
const MAX_CELLS = 200_000

const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 15))

const columnSchema = v.variant('type', [
  v.strictObject({
    name: v.string(),
    type: v.literal('number'),
    /** null is a missing value. */
    values: v.array(v.nullable(v.pipe(v.number(), v.finite()))),
    /** The values are times. Not in runs of earlier studios. */
    time: v.optional(v.picklist(['date', 'datetime']))
  }),
  v.strictObject({ name: v.string(), type: v.literal('category'), values: v.array(v.nullable(v.string())) }),
  v.strictObject({
    name: v.string(),
    type: v.literal('image'),
    width: side,
    height: side,
    channels: v.picklist([1, 3]),
    /** Of each row: its pixels [channels, height, width], one byte each, in base64. */
    values: v.array(v.pipe(v.string(), v.base64()))
  })
])

/** `sample.json` */
export const sampleSchema = v.pipe(
  v.strictObject({
    rows: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_ROWS + MAX_WINDOW_STEPS)),
    columns: v.array(columnSchema)
  }),
  v.check(
    ({ rows, columns }) => columns.every((column) => column.values.length === rows),
    'columns must have `rows` values each'
  ),
  v.check(
    ({ columns }) =>
      columns.every(
        (column) =>
          column.type !== 'image' ||
          column.values.every((pixels) => Buffer.byteLength(pixels, 'base64') === imageSize(column))
      ),
    'images must have as many pixels as their size says'
  )
)
export type SampleFile = v.InferOutput<typeof sampleSchema>

/** The feature columns of a table alone, in preparation order, and what puts windows in order, for rows worth looking at. */
export function takeSample(preparation: Preparation, table: Table): Table {
  const { window } = preparation
  const most = Math.floor(MAX_CELLS / featureNames(preparation).length) - (window?.steps ?? 0)
  const rows = Math.max(1, Math.min(MAX_ROWS, most))
  const columns = columnsNamed(sampleColumns(preparation), table)
  const chosen = selectRows({ ...table, columns }, chooseRows(preparation, table, rows))
  return { ...chosen, notices: [], duplicateNames: [], skipped: noneSkipped }
}

/** The columns of a sample: the features, and what puts the rows of windows in order. */
export function sampleColumns({ features, window }: Preparation): readonly string[] {
  const ordering = [window?.time, window?.series].filter((name) => typeof name === 'string')
  return [...new Set([...features.map(({ name }) => name), ...ordering])]
}

/**
 * At most `count` rows of a table, spread evenly, up to half of them rows where a feature is missing (as far as
 * there are any). Rows that the preparation refuses are passed over. With windows: the rows of the last ones, in their
 * order, at most `count` windows.
 */
export function chooseRows(preparation: Preparation, table: Table, count: number): Int32Array {
  if (hasWindow(preparation)) return lastWindows(preparation, table, count)
  const usable = usableRows(preparation, table)
  const all = Array.from({ length: table.rows }, (_, row) => row).filter(usable)
  if (all.length <= count) return Int32Array.from(all)
  const columns = columnsNamed(
    preparation.features.map(({ name }) => name),
    table
  )
  const incomplete = all.filter((row) => columns.some((column) => isMissing(column, row)))
  const chosen = new Set(spread(incomplete, Math.floor(count / 2)))
  const others = all.filter((row) => !chosen.has(row))
  for (const row of spread(others, count - chosen.size)) chosen.add(row)
  return Int32Array.from(chosen).sort()
}

/** A table of those rows, in that order. */
export function selectRows(table: Table, rows: Int32Array): Table {
  return { ...table, rows: rows.length, columns: table.columns.map((column) => cellsAt(column, rows)) }
}

function cellsAt(column: Column, rows: Int32Array): Column {
  switch (column.type) {
    case 'number': {
      const values = Float64Array.from(rows, (row) => column.values[row] ?? NaN)
      return { type: 'number', name: column.name, values, ...timeOf(column) }
    }
    case 'category': {
      const codes = Int32Array.from(rows, (row) => column.codes[row] ?? -1)
      return { type: 'category', name: column.name, codes, categories: column.categories }
    }
    case 'image': {
      const size = imageSize(column)
      const pixels = new Uint8Array(rows.length * size)
      rows.forEach((row, i) => pixels.set(column.pixels.subarray(row * size, (row + 1) * size), i * size))
      return { ...column, pixels }
    }
  }
}

export function sampleToFile({ rows, columns }: Table): SampleFile {
  return {
    rows,
    columns: columns.map(columnToFile)
  }
}

function columnToFile(column: Column): SampleFile['columns'][number] {
  const { name } = column
  switch (column.type) {
    case 'number': {
      const values = Array.from(column.values, (value) => (Number.isFinite(value) ? value : null))
      return { name, type: 'number', values, ...timeOf(column) }
    }
    case 'category':
      return { name, type: 'category', values: Array.from(column.codes, (code) => column.categories[code] ?? null) }
    case 'image': {
      const { width, height, channels, pixels } = column
      const size = imageSize(column)
      const values = Array.from({ length: pixels.length / size }, (_, row) =>
        Buffer.from(pixels.subarray(row * size, (row + 1) * size)).toString('base64')
      )
      return { name, type: 'image', width, height, channels, values }
    }
  }
}

export function sampleFromFile({ rows, columns }: SampleFile, { data }: RunRecord): Table {
  return {
    fileName: data.fileName,
    sha256: data.sha256,
    rows,
    columns: columns.map((column): Column => {
      const { name } = column
      if (column.type === 'number') {
        const values = Float64Array.from(column.values, (value) => value ?? NaN)
        return { name, type: 'number', values, ...timeOf(column) }
      }
      if (column.type === 'image') {
        const { width, height, channels } = column
        const pixels = Buffer.concat(column.values.map((value) => Buffer.from(value, 'base64')))
        return { name, type: 'image', width, height, channels, pixels: new Uint8Array(pixels) }
      }
      const categories = [...new Set(column.values.filter((value) => value !== null))].sort(compareCodePoints)
      const codeOf = new Map(categories.map((category, code) => [category, code]))
      const codes = Int32Array.from(column.values, (value) => (value === null ? -1 : (codeOf.get(value) ?? -1)))
      return { name, type: 'category', codes, categories }
    }),
    duplicateNames: [],
    notices: [],
    format: { kind: 'memory' },
    skipped: noneSkipped
  }
}

/** The field `time` where a column has it. */
function timeOf({ time }: { readonly time?: 'date' | 'datetime' | undefined }): Pick<NumberColumn, 'time'> {
  return time === undefined ? {} : { time }
}

function columnsNamed(names: readonly string[], table: Table): Column[] {
  const byName = new Map(table.columns.map((column) => [column.name, column]))
  return names.map((name) => byName.get(name)).filter((column) => column !== undefined)
}

function spread(rows: readonly number[], count: number): number[] {
  if (rows.length <= count) return [...rows]
  return Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)] ?? 0)
}
