/**
 * Which windows are trained on, which are kept for validation and which for the test, so that nothing is known too early.
 *
 * Every place belongs to one part. A window belongs to the part that all its targets are in; where they are in several, it
 * is left out, and so it is where its input holds a place of a later part: training windows see places of the training
 * alone. Validation windows may reach back into the places of the training, and those of the test into both: at that time
 * these values are known.
 */
import { stretches, type OrderedRows } from './order'
import { targetsAt, type Reach } from './places'

export const TRAINING = 0
export const VALIDATION = 1
export const TEST = 2
/** Places that come after all that a fold looks at. */
export const NOBODY = 3

/** Shares of the targets, both at least 0, together below 1. */
export interface Shares {
  readonly validation: number
  readonly test: number
}

export interface PartedWindows {
  readonly training: Int32Array
  readonly validation: Int32Array
  readonly test: Int32Array
  /** Windows whose targets, or whose inputs and targets, are in parts that must not meet. */
  readonly straddling: number
}

/**
 * The part of each place by time: of every series the last places are for the test, those before them for validation.
 * Shares are of the places that can be targets and have a value; what rounding takes from one series it gives to another.
 * @param unanswered 1 where a place has no value
 */
export function partsByTime(order: OrderedRows, reach: Reach, unanswered: Uint8Array, shares: Shares): Uint8Array {
  const parts = new Uint8Array(order.rows.length)
  const quotas = { test: quota(shares.test), validation: quota(shares.validation) }
  for (const [from, to] of stretches(order)) {
    const targets: number[] = []
    const [first] = targetsAt(from + reach.steps - 1, reach)
    for (let place = first; place < to; place++) if (unanswered[place] === 0) targets.push(place)
    const count = targets.length
    // One target at least is trained on: a series that is only judged would be one that nobody learned.
    const test = Math.min(quotas.test(count), Math.max(0, count - 1))
    const validation = Math.min(quotas.validation(count), Math.max(0, count - 1 - test))
    const fromTest = test === 0 ? to : (targets[count - test] ?? to)
    const fromValidation = validation === 0 ? fromTest : (targets[count - test - validation] ?? fromTest)
    parts.fill(VALIDATION, fromValidation, fromTest)
    parts.fill(TEST, fromTest, to)
  }
  return parts
}

/** How many of the next so many are in a share of all so far, so that the sum is always rounded once. */
function quota(share: number): (count: number) => number {
  let seen = 0
  let given = 0
  return (count) => {
    seen += count
    const next = Math.round(share * seen) - given
    given += next
    return next
  }
}

/** The windows of each part; see above. */
export function partWindows(ends: Int32Array, reach: Reach, parts: Uint8Array): PartedWindows {
  const alike = runs(parts)
  const later = [lastFrom(parts, VALIDATION), lastFrom(parts, TEST), lastFrom(parts, NOBODY)]
  const chosen: [number[], number[], number[]] = [[], [], []]
  let straddling = 0
  for (const end of ends) {
    const [first, count] = targetsAt(end, reach)
    const part = parts[first + count - 1] ?? NOBODY
    if (part === NOBODY) continue
    const sees = later[part]?.[end] ?? -1
    const isWhole = (alike[first + count - 1] ?? 0) >= count
    if (isWhole && sees < end - reach.steps + 1) chosen[part]?.push(end)
    else straddling++
  }
  const [training, validation, test] = chosen
  return {
    training: Int32Array.from(training),
    validation: Int32Array.from(validation),
    test: Int32Array.from(test),
    straddling
  }
}

/** How many places up to and with each one are of its part. */
function runs(parts: Uint8Array): Int32Array {
  const lengths = new Int32Array(parts.length)
  for (let place = 0; place < parts.length; place++) {
    lengths[place] = place > 0 && parts[place] === parts[place - 1] ? (lengths[place - 1] ?? 0) + 1 : 1
  }
  return lengths
}

/** The last place up to and with each one that is of that part or a later one; −1 where there is none. */
function lastFrom(parts: Uint8Array, part: number): Int32Array {
  const last = new Int32Array(parts.length)
  let found = -1
  for (let place = 0; place < parts.length; place++) {
    if ((parts[place] ?? 0) >= part) found = place
    last[place] = found
  }
  return last
}
