/** Rows by what stands in them: equal rows have equal keys. */
import { imageIds } from './image-ids'
import { sortNumbers } from './sort'
import type { Column } from './table'

const ROWS_A_STEP = 65_536

/**
 * Groups of rows that are the same in all of the columns, each of two rows at least, in the order of their first rows.
 * Missing cells are the same as missing cells. In steps: a million rows take a while.
 * @param rows ascending @param round numbers are compared after it
 */
export function* equalRows(
  columns: readonly Column[],
  rows: Int32Array,
  round: (value: number, column: number) => number = (value) => value
): Generator<void, Int32Array[]> {
  const cells: Float64Array[] = []
  for (const [index, column] of columns.entries()) {
    yield
    const source = column.type === 'number' ? column.values : column.type === 'image' ? imageIds(column) : column.codes
    const values = new Float64Array(rows.length)
    for (let i = 0; i < rows.length; i++) values[i] = source[rows[i] ?? 0] ?? NaN
    if (column.type === 'number') for (let i = 0; i < values.length; i++) values[i] = round(values[i] ?? NaN, index)
    cells.push(values)
  }
  const low = new Uint32Array(rows.length).fill(0x811c9dc5)
  const high = new Uint32Array(rows.length).fill(0x9e3779b9)
  const one = new Float64Array(1)
  const words = new Uint32Array(one.buffer)
  for (const values of cells) {
    yield
    for (let i = 0; i < values.length; i++) {
      // Both zeros are one number, and so is every NaN.
      const value = values[i] ?? NaN
      one[0] = Number.isNaN(value) ? NaN : value + 0
      low[i] = mixed(mixed(low[i] ?? 0, words[0] ?? 0), words[1] ?? 0)
      high[i] = mixed(mixed(high[i] ?? 0, words[1] ?? 0), words[0] ?? 0)
    }
  }
  // 53 bits of the two hashes: as numbers they are sorted without a comparison in JavaScript.
  const keys = new Float64Array(rows.length)
  for (let i = 0; i < keys.length; i++) keys[i] = (low[i] ?? 0) * 2 ** 21 + ((high[i] ?? 0) >>> 11)
  yield
  const sorted = sortNumbers(keys)
  yield
  const repeated = new Set<number>()
  for (let i = 1; i < sorted.length; i++) if (sorted[i] === sorted[i - 1]) repeated.add(sorted[i] ?? 0)
  if (repeated.size === 0) return []
  const buckets = new Map<number, number[][]>()
  for (const [i, key] of keys.entries()) {
    if (i % ROWS_A_STEP === 0) yield
    if (!repeated.has(key)) continue
    const bucket = buckets.get(key) ?? []
    const group = bucket.find(([first = 0]) => same(first, i))
    if (group === undefined) bucket.push([i])
    else group.push(i)
    buckets.set(key, bucket)
  }
  const groups = [...buckets.values()].flat().filter((group) => group.length > 1)
  return groups.map((group) => Int32Array.from(group, (i) => rows[i] ?? 0)).sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0))

  // Two hashes may agree by chance; the cells decide.
  function same(a: number, b: number): boolean {
    return cells.every((values) => values[a] === values[b] || (Number.isNaN(values[a]) && Number.isNaN(values[b])))
  }
}

/** One round of MurmurHash3 (Appleby). */
function mixed(hash: number, word: number): number {
  let key = Math.imul(word, 0xcc9e2d51)
  key = Math.imul((key << 15) | (key >>> 17), 0x1b873593)
  const next = hash ^ key
  return (Math.imul((next << 13) | (next >>> 19), 5) + 0xe6546b64) >>> 0
}
