/** Mistakes by what was taken for what. */
import type { Mistake } from '../../../shared/views'

export interface MistakePair {
  readonly key: string
  /** Indices of classes. */
  readonly actual: number
  readonly predicted: number
  readonly count: number
}

/** The pairs that were met, the most frequent first. */
export function mistakePairs(mistakes: readonly Mistake[]): readonly MistakePair[] {
  const pairs = new Map<string, MistakePair>()
  for (const { actual, predicted } of mistakes) {
    const key = `${actual} ${predicted}`
    pairs.set(key, { key, actual, predicted, count: (pairs.get(key)?.count ?? 0) + 1 })
  }
  return [...pairs.values()].toSorted((one, other) => other.count - one.count)
}
