/**
 * A table in memory: columns of numbers, of categories or of images, nothing else.
 *
 * Column names and category names come from users: they are only ever values in arrays and Maps, never keys
 * of objects, so a column called `__proto__` is an ordinary column.
 */
import { DataFormatError } from '../shared/errors'
import type { ReadAs } from '../shared/read-as'
import type { SkippedRows, TableFormat } from '../shared/table-format'
import type { Notice } from '../shared/views'

/** What the reader saw in the cells of a column that its values no longer tell. */
export interface CellFacts {
  /** Words that were read as "no value", as the file spells them, the most frequent first; empty cells are none. */
  readonly missingWords: readonly { readonly text: string; readonly cells: number }[]
  /** Cells that held an infinity or a number beyond float64, now missing. */
  readonly infinite: number
  /** Whole numbers with more digits than float64 holds, now the nearest float64. */
  readonly inexact: number
  /** The numbers have a decimal comma in the file. */
  readonly decimalComma: boolean
}

export interface NumberColumn {
  readonly type: 'number'
  readonly name: string
  /**
   * One value a row, the float64 nearest to the number in the file; NaN where it is missing. Features round it
   * to float32 where they use it (`featureNumber`); targets do not.
   */
  readonly values: Float64Array
  /** The values are times, in milliseconds since 1970-01-01 UTC: of whole days, or of any moment. */
  readonly time?: 'date' | 'datetime'
  /** Of a column read from a file. */
  readonly facts?: CellFacts
}

export interface CategoryColumn {
  readonly type: 'category'
  readonly name: string
  /** One index into `categories` a row, -1 where it is missing. */
  readonly codes: Int32Array
  /** The different values, as written in the file, sorted by code point. */
  readonly categories: readonly string[]
  /** The files that images of the table were read from: what they are called says nothing of them. */
  readonly imageFiles?: true
  /** Of a column read from a file. */
  readonly facts?: CellFacts
}

/** Images of one size, one a row; none is missing. */
export interface ImageColumn {
  readonly type: 'image'
  readonly name: string
  readonly width: number
  readonly height: number
  /** 1: grey. 3: red, green, blue. */
  readonly channels: 1 | 3
  /** [rows, channels, height, width], row-major: each row's channels one after the other, as PyTorch has them. */
  readonly pixels: Uint8Array
  /** Pixels tell all that there is. */
  readonly facts?: never
}

/** A column whose cells can be written as text. */
export type CellColumn = NumberColumn | CategoryColumn
export type Column = CellColumn | ImageColumn

export type { SkippedRows, TableFormat } from '../shared/table-format'

export const maxSkippedRows = 1000
export const noneSkipped: SkippedRows = { count: 0, rows: [] }

/** One of several files that make a table. */
export interface TableFile {
  readonly fileName: string
  readonly sha256: string
  readonly rows: number
}

/** Several files as one table, one under the other. */
export interface JoinedFiles {
  /** Column that tells the file of each row. */
  readonly column: string
  /** In the order of their rows. */
  readonly files: readonly TableFile[]
}

export interface Table {
  /** Name of the file, without its folder. */
  readonly fileName: string
  /**
   * SHA-256 of the file's bytes, 64 hexadecimal digits. Where several files make the table: of their own SHA-256 in
   * hexadecimal digits, one after the other.
   */
  readonly sha256: string
  readonly rows: number
  /** In the order of the file; names are unique. */
  readonly columns: readonly Column[]
  /** Names that more than one column of the file had, before the later ones were renamed. */
  readonly duplicateNames: readonly string[]
  /** What was found and repaired while reading. */
  readonly notices: readonly Notice[]
  readonly format: TableFormat
  readonly skipped: SkippedRows
  /** What a person said of the file; nothing when all of it was detected. */
  readonly readAs?: ReadAs
  /** Of a table from several files. */
  readonly joined?: JoinedFiles
}

/** The column of that name, or undefined. */
export function findColumn(table: Table, name: string): Column | undefined {
  return table.columns.find((column) => column.name === name)
}

/**
 * The column of that name.
 * @throws DataFormatError `missing-column`, naming the column and the file
 */
export function requireColumn(table: Table, name: string): Column {
  const column = findColumn(table, name)
  if (column !== undefined) return column
  throw new DataFormatError(
    'missing-column',
    `${table.fileName} has no column "${name}", which the model needs. Its columns are ${listNames(table.columns.map((each) => each.name))}.`,
    { file: table.fileName, column: name }
  )
}

/** Rows of the column. */
export function lengthOf(column: Column): number {
  switch (column.type) {
    case 'number':
      return column.values.length
    case 'category':
      return column.codes.length
    case 'image':
      return column.pixels.length / imageSize(column)
  }
}

/** Whether the column names the files of images. */
export function namesImageFiles(column: Column): boolean {
  return column.type === 'category' && column.imageFiles === true
}

/** Numbers of one image: channels · height · width. */
export function imageSize({ channels, height, width }: Pick<ImageColumn, 'channels' | 'height' | 'width'>): number {
  return channels * height * width
}

/** True where row `row` has no value. */
export function isMissing(column: Column, row: number): boolean {
  if (column.type === 'image') return false
  return column.type === 'number' ? Number.isNaN(column.values[row]) : (column.codes[row] ?? -1) < 0
}

/** `31 cells "None" and 2 cells "NA" count as missing`, or null when no word of the column does. */
export function missingWordsText({ facts }: Column): string | null {
  const words = facts?.missingWords ?? []
  if (words.length === 0) return null
  const shown = words.slice(0, 4).map(({ text, cells }) => `${cells} ${cells === 1 ? 'cell' : 'cells'} "${text}"`)
  const total = words.reduce((sum, { cells }) => sum + cells, 0)
  return `${shown.join(' and ')}${words.length > shown.length ? ' and others' : ''} ${total === 1 ? 'counts' : 'count'} as missing`
}

/** Names for a message: quoted, at most `limit` of them. */
export function listNames(names: readonly string[], limit = 12): string {
  const shown = names.slice(0, limit).map((name) => `"${name}"`)
  return names.length > limit ? `${shown.join(', ')} and ${names.length - limit} more` : shown.join(', ')
}
