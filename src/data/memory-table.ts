/** Tables that were never a file: their cells are as they are given. */
import { compareCodePoints, numberText } from './numbers'
import { lengthOf, noneSkipped, type CellColumn, type Column, type Table } from './table'

/** A column of numbers when all values are numbers, else of texts; null is missing, and no text stands for that. */
export function columnOf(name: string, values: readonly (number | string | null)[]): CellColumn {
  const numbers = values.filter((value) => typeof value !== 'string')
  if (numbers.length === values.length) {
    return { type: 'number', name, values: Float64Array.from(numbers, (value) => value ?? NaN) }
  }
  const texts = values.map((value) => (typeof value === 'number' ? numberText(value) : value))
  const categories = [...new Set(texts.filter((text) => text !== null))].sort(compareCodePoints)
  const codeOf = new Map(categories.map((category, code) => [category, code]))
  return {
    ...{ type: 'category', name, categories },
    codes: Int32Array.from(texts, (text) => (text === null ? -1 : (codeOf.get(text) ?? -1)))
  }
}

/** @param fileName what messages call it */
export function memoryTable(fileName: string, columns: readonly Column[]): Table {
  const [first] = columns
  return {
    ...{ fileName, sha256: '', rows: first === undefined ? 0 : lengthOf(first), columns },
    ...{ duplicateNames: [], notices: [], format: { kind: 'memory' }, skipped: noneSkipped }
  }
}

/** @param rows cells in the order of the columns' names */
export function tableOfRows(
  fileName: string,
  names: readonly string[],
  rows: readonly (readonly (number | string)[])[]
): Table {
  return memoryTable(
    fileName,
    names.map((name, i) =>
      columnOf(
        name,
        rows.map((row) => row[i] ?? null)
      )
    )
  )
}
