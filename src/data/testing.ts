/** Tables made in memory, for tests. */
import { memoryTable } from './memory-table'
import type { Column, Table } from './table'

export { columnOf as column } from './memory-table'

export function table(columns: readonly Column[], duplicateNames: readonly string[] = []): Table {
  return { ...memoryTable('test.csv', columns), sha256: '0'.repeat(64), duplicateNames }
}
