/**
 * Thinning long series for the screen: the lowest and the highest point of each stretch stay, so that a spike
 * is never lost, as silent sampling would lose it.
 */

import type { StepSeries } from '../../../shared/run-views'

/** A series as two columns of equal length; x never falls. */
export interface Columns {
  readonly x: readonly number[]
  readonly y: readonly number[]
}

/**
 * Indices, in order, of the extremes of `stretches` stretches of equal width in x over [from, to], together with
 * the first and last point inside and one neighbour on either side, so that lines run on to the edge.
 * All indices when there are few. At most 2·stretches + 4.
 */
export function envelope({ x, y }: Columns, from: number, to: number, stretches: number): number[] {
  const begin = Math.max(0, firstAtOrAfter(x, from) - 1)
  const end = Math.min(x.length, firstAtOrAfter(x, to) + 1)
  if (end - begin <= 2 * stretches) return Array.from({ length: Math.max(0, end - begin) }, (_, index) => begin + index)
  const kept: number[] = []
  const width = (to - from) / stretches
  let index = begin
  while (index < end) {
    const stretch = Math.floor(((x[index] ?? 0) - from) / width)
    let lowest = index
    let highest = index
    let next = index
    while (next < end && Math.floor(((x[next] ?? 0) - from) / width) === stretch) {
      if ((y[next] ?? 0) < (y[lowest] ?? 0)) lowest = next
      if ((y[next] ?? 0) > (y[highest] ?? 0)) highest = next
      next += 1
    }
    const pair = lowest < highest ? [lowest, highest] : [highest, lowest]
    for (const place of index === begin ? [begin, ...pair] : pair) {
      if (place > (kept.at(-1) ?? -1)) kept.push(place)
    }
    index = next
  }
  if (kept.at(-1) !== end - 1) kept.push(end - 1)
  return kept
}

/** The first index whose x is at least `value`; the length when there is none. Binary search. */
export function firstAtOrAfter(x: readonly number[], value: number): number {
  let low = 0
  let high = x.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((x[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return low
}

/** The index whose x is nearest to `value`; −1 for an empty series. */
export function nearestIndex(x: readonly number[], value: number): number {
  const after = firstAtOrAfter(x, value)
  const before = after - 1
  if (after >= x.length) return before
  if (before < 0) return after
  return value - (x[before] ?? 0) <= (x[after] ?? 0) - value ? before : after
}

/** Columns of steps that can be appended to. */
export type StepColumns = { -readonly [K in keyof StepSeries]: number[] }

export function emptySteps(): StepColumns {
  return { step: [], position: [], elapsedMs: [], loss: [], learningRate: [] }
}

/** The columns of a series. */
export const stepKeys = [
  'step',
  'position',
  'elapsedMs',
  'loss',
  'learningRate'
] as const satisfies (keyof StepSeries)[]

/** Appends the steps at these places. */
export function appendSteps(to: StepColumns, from: StepSeries, begin: number, end: number): void {
  for (const key of stepKeys) {
    for (let index = begin; index < end; index += 1) to[key].push(from[key][index] ?? Number.NaN)
  }
}

/** New columns with about `limit` of the steps: the extremes of the loss in `limit / 2` stretches of equally many steps. */
export function thinSteps(steps: StepSeries, limit: number): StepColumns {
  const thinned = emptySteps()
  const count = steps.step.length
  const stretches = Math.max(1, Math.floor(limit / 2))
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    const from = Math.floor((stretch * count) / stretches)
    const to = Math.floor(((stretch + 1) * count) / stretches)
    let lowest = from
    let highest = from
    for (let index = from; index < to; index += 1) {
      if ((steps.loss[index] ?? 0) < (steps.loss[lowest] ?? 0)) lowest = index
      if ((steps.loss[index] ?? 0) > (steps.loss[highest] ?? 0)) highest = index
    }
    const places = lowest === highest ? [lowest] : [Math.min(lowest, highest), Math.max(lowest, highest)]
    for (const place of places) {
      if (place < to) appendSteps(thinned, steps, place, place + 1)
    }
  }
  return thinned
}

/** A series with a finer look at part of it: the steps of `detail` in place of those that it covers. */
export function spliced(steps: StepSeries, detail: StepSeries): StepSeries {
  const [first] = detail.step
  const last = detail.step.at(-1)
  if (first === undefined || last === undefined) return steps
  const whole = emptySteps()
  appendSteps(whole, steps, 0, firstAtOrAfter(steps.step, first))
  appendSteps(whole, detail, 0, detail.step.length)
  appendSteps(whole, steps, firstAtOrAfter(steps.step, last + 1), steps.step.length)
  return whole
}
