/** How often each class occurs. */
import type { ColumnView } from '../../../shared/views'

export interface ClassShare {
  readonly value: string
  readonly rows: number
}

const byName = new Intl.Collator('en', { numeric: true })

/** Classes with their rows: all in the order of their names, or the most frequent ones where there are many; none of numbers. */
export function classBalance({ storage, top, histogram, distinct }: ColumnView): ClassShare[] {
  if (storage !== 'category') return []
  const shares = top.map((value, index) => ({ value, rows: histogram[index] ?? 0 }))
  return distinct > shares.length ? shares : shares.sort((a, b) => byName.compare(a.value, b.value))
}
