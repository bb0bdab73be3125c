/** True when two plain JSON values mean the same; the order of keys does not matter, and NaN equals NaN. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, index) => same(item, b[index]))
    )
  }
  const left = new Map<string, unknown>(Object.entries(a))
  const right = new Map<string, unknown>(Object.entries(b))
  return left.size === right.size && [...left].every(([key, value]) => right.has(key) && same(value, right.get(key)))
}

/**
 * Where two plain JSON values differ, when they differ in the value of a single leaf, such as one number in a
 * form: the path to it. Null when they differ elsewhere, in more than one place or in their form.
 */
export function onlyChangedLeaf(a: unknown, b: unknown): string | null {
  const changes = leafChanges(a, b, '')
  return changes !== null && changes.length === 1 ? (changes[0] ?? null) : null
}

/** Paths of the leaves that differ, or null when the form differs. */
function leafChanges(a: unknown, b: unknown, path: string): string[] | null {
  if (same(a, b)) return []
  const bothObjects = typeof a === 'object' && typeof b === 'object' && a !== null && b !== null
  if (!bothObjects) return typeof a === typeof b ? [path] : null
  if (Array.isArray(a) !== Array.isArray(b)) return null
  const left = new Map<string, unknown>(Object.entries(a))
  const right = new Map<string, unknown>(Object.entries(b))
  if (left.size !== right.size) return null
  const found: string[] = []
  for (const [key, value] of left) {
    if (!right.has(key)) return null
    const inner = leafChanges(value, right.get(key), `${path}/${key}`)
    if (inner === null) return null
    found.push(...inner)
  }
  return found
}
