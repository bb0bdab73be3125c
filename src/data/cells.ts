/** Cells of a column read as numbers or as categories, whichever of the two the column is stored as. */
import { DataFormatError } from '../shared/errors'
import { compareCodePoints, numberText, parseNumber } from './numbers'
import { cellText } from './profile'
import type { CategoryColumn, CellColumn, Column, Table } from './table'

/**
 * A column whose cells are numbers or texts.
 * @throws DataFormatError `image-column` for one of images
 */
export function requireCells(column: Column): CellColumn {
  if (column.type !== 'image') return column
  throw new DataFormatError(
    'image-column',
    `Column "${column.name}" holds images, where numbers or text are expected. Choose another column, or ignore it.`,
    { column: column.name }
  )
}

/**
 * Reads a column as numbers, NaN where missing. Text is allowed as long as the rows asked for hold numbers.
 * @param lenient whether text that is no number counts as missing
 * @throws DataFormatError `not-a-number` with the row, when it is not lenient; `image-column`
 */
export function numbersOf(of: Column, table: Table, lenient = false): (row: number) => number {
  const column = requireCells(of)
  if (column.type === 'number') return (row) => column.values[row] ?? NaN
  const parsed = column.categories.map(parseNumber)
  return (row) => {
    const code = column.codes[row] ?? -1
    if (code < 0) return NaN
    const value = parsed[code] ?? null
    if (value !== null) return Number.isFinite(value) ? value : NaN
    if (lenient) return NaN
    const cell = column.categories[code] ?? ''
    throw new DataFormatError(
      'not-a-number',
      `${table.fileName}, row ${row + 1}, column "${column.name}": expected a number as in the training data, got "${cell.slice(0, 40)}". Correct the cell or leave it empty.`,
      { file: table.fileName, row: row + 1, column: column.name }
    )
  }
}

/**
 * Reads a column as indices into `names`: null where missing, -1 where it holds something else.
 * @throws DataFormatError `image-column`
 */
export function codesOf(of: Column, names: readonly string[]): (row: number) => number | null {
  const column = requireCells(of)
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
    const text = column.time === undefined ? numberText(value) : (cellText(column, row) ?? '')
    return index.get(text) ?? byValue.get(value) ?? -1
  }
}

const categoriesOfNumbers = new WeakMap<Column, CategoryColumn>()

/**
 * The column with its cells as text: numbers and times as `cellText` writes them.
 * @throws DataFormatError `image-column`
 */
export function asCategories(of: Column): CategoryColumn {
  const column = requireCells(of)
  if (column.type === 'category') return column
  let made = categoriesOfNumbers.get(column)
  if (made === undefined) {
    const texts = new Map<number, string>()
    for (const [row, value] of column.values.entries()) {
      if (!Number.isNaN(value) && !texts.has(value)) texts.set(value, cellText(column, row) ?? '')
    }
    const categories = [...new Set(texts.values())].sort(compareCodePoints)
    const codeOf = new Map(categories.map((category, code) => [category, code]))
    const codes = Int32Array.from(column.values, (value) => codeOf.get(texts.get(value) ?? '') ?? -1)
    made = { type: 'category', name: column.name, codes, categories }
    categoriesOfNumbers.set(column, made)
  }
  return made
}

/** The different values of a column as text; none of one of images. */
export function textValues(column: Column): readonly string[] {
  return column.type === 'image' ? [] : asCategories(column).categories
}

/** What a cell must be that nothing may stand in for, and what to do where it is not. */
export interface Requirement {
  /** For example "a number". */
  readonly expected: string
  readonly advice: string
}

/** The error for a cell without a value that could be used, where nothing may stand in for it. */
export function missingValue(column: Column, table: Table, row: number, need: Requirement): DataFormatError {
  const value = column.type === 'number' ? (column.values[row] ?? NaN) : NaN
  const got = Number.isNaN(value) ? 'nothing' : `${value}, which is beyond float32 (±3.4e38)`
  return new DataFormatError(
    'missing-value',
    `${table.fileName}, row ${row + 1}, column "${column.name}": expected ${need.expected}, got ${got}. ${need.advice}`,
    { file: table.fileName, row: row + 1, column: column.name }
  )
}

/** Rows without a value were left out of training, so there is nothing that could stand in for one. */
export const neededAsTrained: Requirement = {
  expected: 'a value, since rows without one were left out of training',
  advice: 'Write a value, or leave the row out.'
}
