/**
 * A table in memory: columns of numbers or of categories, nothing else.
 *
 * Column names and category names come from users: they are only ever values in arrays and Maps, never keys
 * of objects, so a column called `__proto__` is an ordinary column.
 */
import { DataFormatError } from '../shared/errors'
import type { Notice } from '../shared/views'

export interface NumberColumn {
  readonly type: 'number'
  readonly name: string
  /**
   * One value a row, NaN where it is missing. Values are the file's numbers rounded to float32
   * (`Math.fround`), so that the studio, the command line and an exported model see the same inputs.
   */
  readonly values: Float64Array
}

export interface CategoryColumn {
  readonly type: 'category'
  readonly name: string
  /** One index into `categories` a row, -1 where it is missing. */
  readonly codes: Int32Array
  /** The different values, as written in the file, sorted by code point. */
  readonly categories: readonly string[]
}

export type Column = NumberColumn | CategoryColumn

export interface Table {
  /** Name of the file, without its folder. */
  readonly fileName: string
  /** SHA-256 of the file's bytes, 64 hexadecimal digits. */
  readonly sha256: string
  readonly rows: number
  /** In the order of the file; names are unique. */
  readonly columns: readonly Column[]
  /** Names that more than one column of the file had, before the later ones were renamed. */
  readonly duplicateNames: readonly string[]
  /** What was found and repaired while reading. */
  readonly notices: readonly Notice[]
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

/** True where row `row` has no value. */
export function isMissing(column: Column, row: number): boolean {
  return column.type === 'number' ? Number.isNaN(column.values[row]) : (column.codes[row] ?? -1) < 0
}

/** Names for a message: quoted, at most `limit` of them. */
export function listNames(names: readonly string[], limit = 12): string {
  const shown = names.slice(0, limit).map((name) => `"${name}"`)
  return names.length > limit ? `${shown.join(', ')} and ${names.length - limit} more` : shown.join(', ')
}
