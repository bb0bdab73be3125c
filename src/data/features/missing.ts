/** Where a column has no value, as a feature made of it sees it. */
import { asCategories, numbersOf } from '../cells'
import { featureNumber } from '../numbers'
import type { Column, Table } from '../table'
import { momentOf } from './date'

/** What a plan and a fitted feature both know. */
interface Seen {
  readonly kind: string
  /** Text that is no number counts as missing. */
  readonly lenient?: boolean
}

/** True for rows without a value: a number that float32 can express, a date, or any text. */
export function missingIn(column: Column, table: Table, { kind, lenient = false }: Seen): (row: number) => boolean {
  if (kind === 'image') return () => false
  if (kind === 'number' || kind === 'raw') {
    const read = numbersOf(column, table, lenient)
    return (row) => Number.isNaN(featureNumber(read(row)))
  }
  if (kind === 'date') {
    const read = numbersOf(column, table)
    return (row) => Number.isNaN(momentOf(read(row)))
  }
  const { codes } = asCategories(column)
  return (row) => (codes[row] ?? -1) < 0
}
