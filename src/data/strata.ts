/** By what a split keeps its parts alike. */
import type { Targets } from './target'

/** Rows that have the same labels; those whose labels no other row has are one group together. */
export interface LabelSets {
  /** Group of each of the rows, from 0. */
  readonly of: Int32Array
  /** Groups of rows with the same labels. */
  readonly shared: number
  /** Rows whose labels no other row has. */
  readonly single: number
}

/**
 * The group of each row that can be used, from 0, every one of which a stratified split gives its share of: the class, or
 * for several labels the rows with the same ones (`labelSets`). Null where there is nothing to go by: values, or labels that are
 * different in every row.
 */
export function strataOf(targets: Targets): Int32Array | null {
  const [first] = targets.all
  if (first.task === 'regression') return null
  if (targets.task !== 'multi-label') return first.codes
  const { of, shared } = labelSets(targets)
  return shared === 0 ? null : of
}

/** Combinations of labels, in the order in which they first occur. */
export function labelSets({ all, rows }: Targets): LabelSets {
  const labels = all.flatMap((target) => (target.task === 'regression' ? [] : [target.codes]))
  const keyAt = (i: number): string => labels.map((codes) => codes[i] ?? 0).join('')
  const counts = new Map<string, number>()
  for (const i of rows.keys()) counts.set(keyAt(i), (counts.get(keyAt(i)) ?? 0) + 1)
  const codes = new Map<string, number>()
  for (const [key, count] of counts) if (count > 1) codes.set(key, codes.size)
  const shared = codes.size
  return {
    of: Int32Array.from(rows, (_, i) => codes.get(keyAt(i)) ?? shared),
    shared,
    single: counts.size - shared
  }
}
