/** What a window has of each lane: messages bring points from one on, and each point stays as it is. */
import type { LaneProgress, RaceProgress } from '../../../../shared/race-views'

/** A lane with all of its points so far. */
export type LaneCurve = Omit<LaneProgress, 'from'>

/**
 * The curves with what a message brings; points that are there already are not taken again.
 * @returns null where points between are missing, as after a message that was sent before the window looked
 */
export function joined(curves: readonly LaneCurve[], { lanes }: RaceProgress): readonly LaneCurve[] | null {
  if (lanes.some(({ from }, i) => from > (curves[i]?.steps.length ?? 0))) return null
  return lanes.map(({ from, ...lane }, i) => {
    const curve = curves[i]
    if (curve === undefined || from === 0) return lane
    const all = <T>(before: readonly T[], news: readonly T[]): readonly T[] =>
      news.length === 0 ? before : [...before.slice(0, from), ...news]
    return {
      ...lane,
      steps: all(curve.steps, lane.steps),
      losses: all(curve.losses, lane.losses),
      times: all(curve.times, lane.times),
      places: all(curve.places, lane.places)
    }
  })
}

/** Points that a small chart shows of a curve. */
const SHOWN = 300

/** About so many places of a curve: the first and the last ones always, and the others evenly. */
export function thinned(length: number): readonly number[] {
  const every = Math.ceil(length / SHOWN)
  const places: number[] = []
  for (let place = 0; place < length; place += Math.max(1, every)) places.push(place)
  if (places.at(-1) !== length - 1 && length > 0) places.push(length - 1)
  return places
}
