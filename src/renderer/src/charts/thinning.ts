/**
 * Thinning long series for the screen: the lowest and the highest point of each stretch stay, so that a spike
 * is never lost, as silent sampling would lose it.
 */

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

/** New columns with about `limit` of the step losses: the extremes of `limit / 2` stretches of equally many steps. */
export function thinSteps(
  steps: { readonly epoch: readonly number[]; readonly loss: readonly number[] },
  limit: number
): { epoch: number[]; loss: number[] } {
  const thinned: { epoch: number[]; loss: number[] } = { epoch: [], loss: [] }
  const count = steps.epoch.length
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
      const epoch = steps.epoch[place]
      const loss = steps.loss[place]
      if (epoch === undefined || loss === undefined || place >= to) continue
      thinned.epoch.push(epoch)
      thinned.loss.push(loss)
    }
  }
  return thinned
}
