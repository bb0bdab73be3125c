/** Benches of a lesson, by their names. */
import type { Bench } from '../../../../shared/bench'
import type { BenchBlock } from '../../../../shared/lessons/lesson'

/** As requests take it. @throws Error where there is none: the parser has seen that there is */
export function benchNamed(benches: readonly BenchBlock[], wanted: string): Bench {
  const found = benches.find(({ name }) => name === wanted)
  if (found === undefined) throw new Error(`The lesson has no bench called ${wanted}`)
  const { data, setup, weights } = found
  return { data, setup, weights }
}
