/** The words of a whole table that were read as "no value". */
import type { MissingWordView } from '../shared/views'
import { compareCodePoints } from './numbers'
import type { Table } from './table'

/** More are not told; a file that has so many is no table for people. */
const mostWords = 100

/** As the file spells them, counted over all columns, the most frequent first; empty cells are none. */
export function wordsTakenAsMissing({ columns }: Table): MissingWordView[] {
  const counts = new Map<string, number>()
  for (const { facts } of columns) {
    for (const { text, cells } of facts?.missingWords ?? []) counts.set(text, (counts.get(text) ?? 0) + cells)
  }
  const words = [...counts].map(([text, cells]) => ({ text, cells }))
  return words.sort((a, b) => b.cells - a.cells || compareCodePoints(a.text, b.text)).slice(0, mostWords)
}
