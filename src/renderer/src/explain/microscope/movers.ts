/** What a step moves, and what of it most. */
import type { ParameterView } from '../../../../shared/explain-views'

export interface Mover {
  readonly parameter: string
  readonly index: number
  /** w′ − w */
  readonly change: number
}

/** @param most of the largest changes to give */
export function movers(
  parameters: ReadonlyMap<string, ParameterView>,
  most: number
): { readonly largest: readonly Mover[]; readonly moved: number; readonly all: number } {
  let largest: Mover[] = []
  let moved = 0
  let all = 0
  for (const [parameter, { before, after }] of parameters) {
    all += before.length
    for (let index = 0; index < before.length; index += 1) {
      const change = (after[index] ?? NaN) - (before[index] ?? NaN)
      if (change !== 0) moved += 1
      if (largest.length === most && Math.abs(change) <= Math.abs(largest.at(-1)?.change ?? 0)) continue
      if (change === 0) continue
      largest = [...largest, { parameter, index, change }]
        .sort((one, other) => Math.abs(other.change) - Math.abs(one.change))
        .slice(0, most)
    }
  }
  return { largest, moved, all }
}
