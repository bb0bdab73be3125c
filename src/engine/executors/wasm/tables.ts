/** What a call that takes several steps reads and writes besides the arena: a row of each table for each step. */
import type { Layout } from './layout'

/** Room for `steps` steps of up to `rows` rows together. */
export interface Tables {
  /** int32: numbers of rows. */
  readonly rows: number
  /** float32: the optimizer's numbers. */
  readonly scalars: number
  readonly losses: number
  readonly outputs: number
}

export function takeTables(layout: Layout, steps: number, rows: number, scalars: number, units: number): Tables {
  return {
    rows: layout.take(4 * rows),
    scalars: layout.take(4 * steps * scalars),
    losses: layout.take(4 * steps),
    outputs: layout.take(4 * rows * units)
  }
}
