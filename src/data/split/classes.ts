/** Rows by their classes. */

/** Classes with a single row: it is trained on, and no validation row can tell how well that went. */
export function rareClasses(classes: Int32Array): number[] {
  const sizes = sizesOf(classes)
  return [...sizes.keys()].filter((code) => sizes[code] === 1)
}

/** The rows of each class, ascending; all rows when there are no classes. */
export function groupRows(rows: Int32Array, classes: Int32Array | null): Int32Array[] {
  if (classes === null) return [rows.slice()]
  const sizes = sizesOf(classes)
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

/** How many rows each class has, from class 0. */
function sizesOf(classes: Int32Array): number[] {
  const sizes: number[] = []
  for (const code of classes) {
    while (sizes.length <= code) sizes.push(0)
    sizes[code] = (sizes[code] ?? 0) + 1
  }
  return sizes
}

/** How many of each size to take so that the sum is `wanted`, in proportion, and at most size − 1 of each. */
export function largestRemainder(sizes: readonly number[], wanted: number): number[] {
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
