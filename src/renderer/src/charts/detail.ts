/** Whether the steps in sight are worth another question, and which one. */
import type { StepSeries } from '../../../shared/run-views'
import { firstAtOrAfter } from './thinning'

export interface StepRange {
  readonly from: number
  readonly to: number
}

/** Points that are asked for: of the part in sight and as much again on either side. */
export const DETAIL_POINTS = 12_000
/** Points in sight that are enough for any width of a picture. */
const ENOUGH = 2_000

/**
 * @param held steps that the window has of the whole run
 * @param inSight steps, both ends among them
 * @param asked what was asked for last; null when nothing was
 * @returns null when what is held, or was asked for, is fine enough
 */
export function askFor(
  held: StepSeries,
  inSight: StepRange,
  asked: StepRange | null
): (StepRange & { readonly points: number }) | null {
  const last = held.step.at(-1) ?? 0
  const from = Math.max(1, Math.floor(inSight.from))
  const to = Math.min(last, Math.ceil(inSight.to))
  const there = to - from + 1
  if (there < 2) return null
  const known = firstAtOrAfter(held.step, to + 1) - firstAtOrAfter(held.step, from)
  if (known >= Math.min(there, ENOUGH)) return null
  if (asked !== null && asked.from <= from && asked.to >= to) {
    const all = asked.to - asked.from + 1
    const got = Math.min(all, DETAIL_POINTS)
    if ((got / all) * there >= Math.min(there, ENOUGH)) return null
  }
  return { from: Math.max(1, from - there), to: Math.min(last, to + there), points: DETAIL_POINTS }
}
