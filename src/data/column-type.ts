/** What a column is for people, besides how it is stored. */
import type { ColumnType } from '../shared/column-setting'
import type { CategoryColumn, Column } from './table'

export type { ColumnType } from '../shared/column-setting'

/** Pairs of words that say yes and no. */
const booleanPairs: readonly (readonly string[])[] = [
  ['true', 'false'],
  ['yes', 'no'],
  ['y', 'n'],
  ['t', 'f']
]

/** Words that the values of a column of text have on average. */
const wordsOfText = 3

const types = new WeakMap<Column, ColumnType>()

/**
 * The type of a column. Boolean: at most two different values, both of one pair such as yes and no, whatever their
 * case. Text: more than half of the present values are different, and they have three words or more on average.
 * Worked out once for each column.
 */
export function columnType(column: Column): ColumnType {
  let type = types.get(column)
  if (type === undefined) {
    type = typeOf(column)
    types.set(column, type)
  }
  return type
}

function typeOf(column: Column): ColumnType {
  if (column.type === 'image') return 'image'
  if (column.type === 'number') return column.time === undefined ? 'number' : 'date'
  if (isBoolean(column.categories)) return 'boolean'
  return isText(column) ? 'text' : 'category'
}

function isBoolean(categories: readonly string[]): boolean {
  if (categories.length === 0 || categories.length > 2) return false
  const words = new Set(categories.map((category) => category.trim().toLowerCase()))
  // `Yes` and `yes` are two categories of one meaning: not a boolean as it stands.
  return (
    words.size === categories.length && booleanPairs.some((pair) => [...words].every((word) => pair.includes(word)))
  )
}

function isText({ codes, categories }: CategoryColumn): boolean {
  // Tables made in memory may declare categories that no row has.
  const counts = new Int32Array(categories.length)
  let present = 0
  for (const code of codes) {
    if (code < 0) continue
    counts[code] = (counts[code] ?? 0) + 1
    present++
  }
  let distinct = 0
  let words = 0
  for (const [code, count] of counts.entries()) {
    if (count === 0) continue
    distinct++
    words += count * wordsIn(categories[code] ?? '')
  }
  return distinct * 2 > present && words >= wordsOfText * present
}

/** Stretches of characters that are no space. */
function wordsIn(text: string): number {
  return text.match(/\S+/g)?.length ?? 0
}
