/** Which rows are trained on and which are kept for validation. */
import { RandomStream } from '../engine/random/stream'

export interface Split {
  /** Row numbers of the table, ascending. */
  readonly trainRows: Int32Array
  readonly validationRows: Int32Array
  /** Classes with a single row: it is trained on, and no validation row can tell how well that went. */
  readonly rareClasses: readonly number[]
}

/**
 * Keeps about `share` of the rows for validation: round(share · N), at least one, and never all; none when it is 0.
 *
 * With `classes` the split is stratified: each class gives floor(share of it) rows, and those that come closest
 * to one more give it until the number is reached (largest remainder; the earlier class in a tie). Every class
 * keeps at least one training row. Rows are drawn by the random stream `split` of the seed.
 *
 * @param rows row numbers of the table that may be used, ascending; at least two
 * @param classes class of each of `rows`, from 0, or null for regression; at least one class has two rows
 * @param share 0 ≤ share < 1
 */
export function splitRows(rows: Int32Array, classes: Int32Array | null, share: number, seed: number): Split {
  if (share === 0) return { trainRows: rows.slice().sort(), validationRows: new Int32Array(0), rareClasses: [] }
  const groups = groupRows(rows, classes)
  const sizes = groups.map((group) => group.length)
  const quotas = largestRemainder(sizes, Math.max(1, Math.round(share * rows.length)))
  const kept = quotas.reduce((sum, quota) => sum + quota, 0)

  const validationRows = new Int32Array(kept)
  const trainRows = new Int32Array(rows.length - kept)
  let validation = 0
  let training = 0
  for (const [index, group] of groups.entries()) {
    const quota = quotas[index] ?? 0
    // A stream for each class: more rows of one class do not change which rows another gives.
    const random = new RandomStream(seed, 'split', index)
    // The first `quota` places of a Fisher–Yates shuffle: a uniform choice without the rest of the shuffle.
    for (let place = 0; place < quota; place++) {
      const drawn = place + random.below(group.length - place)
      const row = group[drawn] ?? 0
      group[drawn] = group[place] ?? 0
      group[place] = row
    }
    validationRows.set(group.subarray(0, quota), validation)
    trainRows.set(group.subarray(quota), training)
    validation += quota
    training += group.length - quota
  }
  return {
    trainRows: trainRows.sort(),
    validationRows: validationRows.sort(),
    rareClasses: classes === null ? [] : [...sizes.keys()].filter((index) => sizes[index] === 1)
  }
}

/** The rows of each class, ascending; all rows when there are no classes. */
function groupRows(rows: Int32Array, classes: Int32Array | null): Int32Array[] {
  if (classes === null) return [rows.slice()]
  const sizes: number[] = []
  for (const code of classes) {
    while (sizes.length <= code) sizes.push(0)
    sizes[code] = (sizes[code] ?? 0) + 1
  }
  const groups = sizes.map((size) => new Int32Array(size))
  const filled = sizes.map(() => 0)
  for (const [index, code] of classes.entries()) {
    const at = filled[code] ?? 0
    filled[code] = at + 1
    const group = groups[code]
    if (group !== undefined) group[at] = rows[index] ?? 0
  }
  return groups
}

/** How many of each size to take so that the sum is `wanted`, in proportion, and at most size − 1 of each. */
function largestRemainder(sizes: readonly number[], wanted: number): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const exact = sizes.map((size) => (wanted * size) / total)
  const quotas = sizes.map((size, index) => Math.min(Math.max(0, size - 1), Math.floor(exact[index] ?? 0)))
  const missing = (index: number): number => (exact[index] ?? 0) - (quotas[index] ?? 0)
  let left = wanted - quotas.reduce((sum, quota) => sum + quota, 0)
  while (left > 0) {
    const open = [...sizes.keys()].filter((index) => (quotas[index] ?? 0) < (sizes[index] ?? 0) - 1)
    if (open.length === 0) break
    // Array.sort keeps the order of ties: the earlier class first.
    for (const index of open.sort((a, b) => missing(b) - missing(a)).slice(0, left)) {
      quotas[index] = (quotas[index] ?? 0) + 1
      left--
    }
  }
  return quotas
}
