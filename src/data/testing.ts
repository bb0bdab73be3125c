/** Tables made in memory, for tests. */
import { compareCodePoints } from './numbers'
import { lengthOf, noneSkipped, type CellColumn, type Column, type Table } from './table'

/** A column of numbers when all values are numbers, else of texts; null is missing. */
export function column(name: string, values: readonly (number | string | null)[]): CellColumn {
  const numbers = values.filter((value) => typeof value !== 'string')
  if (numbers.length === values.length) {
    return { type: 'number', name, values: Float64Array.from(numbers, (value) => value ?? NaN) }
  }
  const texts = values.map((value) => (typeof value === 'number' ? String(value) : value))
  const categories = [...new Set(texts.filter((text) => text !== null))].sort(compareCodePoints)
  const codes = Int32Array.from(texts, (text) => (text === null ? -1 : categories.indexOf(text)))
  return { type: 'category', name, codes, categories }
}

export function table(columns: readonly Column[], duplicateNames: readonly string[] = []): Table {
  const [first] = columns
  const rows = first === undefined ? 0 : lengthOf(first)
  return {
    fileName: 'test.csv',
    sha256: '0'.repeat(64),
    rows,
    columns,
    duplicateNames,
    notices: [],
    format: { kind: 'memory' },
    skipped: noneSkipped
  }
}
