/** Where windows stand: which stretches of places can be inputs with targets that are known. */
import { stretches, type OrderedRows } from './order'

/** Rows of input, and rows ahead that are predicted: 0 for the window's own last row. */
export interface Reach {
  readonly steps: number
  readonly horizon: number
}

/** What a window may not hold, by place. */
export interface Gaps {
  /** 1 where a row cannot be an input. */
  readonly input: Uint8Array
  /** 1 where a row has no answer. */
  readonly target: Uint8Array
}

/** The place of the first target of a window that ends at `end`, and how many there are. */
export function targetsAt(end: number, { horizon }: Reach): readonly [first: number, count: number] {
  return horizon === 0 ? [end, 1] : [end + 1, horizon]
}

/** Windows by the place of their last row, and those that are left out. */
export interface Places {
  readonly ends: Int32Array
  /** Windows that hold a row that cannot be an input. */
  readonly incomplete: number
  /** Windows that could be inputs, of which a target is not known. */
  readonly unanswered: number
  /** Series too short for one window. */
  readonly short: number
}

/**
 * Every window of `steps` places in one series, with `horizon` places after it in the same series.
 * @param gaps null where all rows can be inputs and nothing needs to be known of the targets; then the places after the
 *   window need not be there either
 */
export function windowPlaces(order: OrderedRows, reach: Reach, gaps: Partial<Gaps>): Places {
  const places = order.rows.length
  const badInputs = counted(gaps.input, places)
  const badTargets = counted(gaps.target, places)
  const ahead = gaps.target === undefined ? 0 : reach.horizon
  const ends: number[] = []
  let incomplete = 0
  let unanswered = 0
  let short = 0
  for (const [from, to] of stretches(order)) {
    if (to - from < reach.steps + ahead) short++
    for (let end = from + reach.steps - 1; end + ahead < to; end++) {
      const [first, count] = targetsAt(end, reach)
      if (between(badInputs, end - reach.steps + 1, end + 1) > 0) incomplete++
      else if (gaps.target !== undefined && between(badTargets, first, first + count) > 0) unanswered++
      else ends.push(end)
    }
  }
  return { ends: Int32Array.from(ends), incomplete, unanswered, short }
}

/** 1 at every place that one of the windows covers: `before` places up to and with its end, and `after` behind it. */
export function covered(places: number, ends: Int32Array, before: number, after: number): Uint8Array {
  const changes = new Int32Array(places + 1)
  for (const end of ends) {
    const [from, to] = [end - before + 1, end + after + 1]
    changes[from] = (changes[from] ?? 0) + 1
    changes[to] = (changes[to] ?? 0) - 1
  }
  const covers = new Uint8Array(places)
  let open = 0
  for (let place = 0; place < places; place++) {
    open += changes[place] ?? 0
    covers[place] = open > 0 ? 1 : 0
  }
  return covers
}

/** How many are marked before each place. */
function counted(marks: Uint8Array | undefined, places: number): Int32Array {
  const sums = new Int32Array(places + 1)
  if (marks === undefined) return sums
  for (let place = 0; place < places; place++) sums[place + 1] = (sums[place] ?? 0) + (marks[place] ?? 0)
  return sums
}

function between(sums: Int32Array, from: number, to: number): number {
  return (sums[to] ?? 0) - (sums[from] ?? 0)
}
