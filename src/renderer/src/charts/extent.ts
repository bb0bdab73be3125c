/** All there is to see of a run along the measure. */
import type { RunCurvesView } from '../../../shared/run-views'
import type { RunView } from '../../../shared/views'
import { measureOf, roomyEnd, stepsAlong, type Measure } from './measure'
import type { Range } from './zoom'

export function extentOf(
  run: RunView | null,
  overlays: readonly Pick<RunCurvesView, 'epochs' | 'steps'>[],
  measure: Measure,
  logarithmic: boolean
): Range {
  const to = Math.max(
    run === null ? emptyEnd(measure) : endOf(run, measure),
    ...overlays.map((other) => reachedBy(other, measure))
  )
  if (!logarithmic) return { from: 0, to }
  const first = Math.min(...[run, ...overlays].map((each) => (each === null ? 1 : firstOf(each, measure))))
  return { from: first < to ? first : to / 10, to }
}

function emptyEnd(measure: Measure): number {
  return measure === 'time' ? 10_000 : 10
}

function reachedBy({ epochs, steps }: Pick<RunCurvesView, 'epochs' | 'steps'>, measure: Measure): number {
  const last = epochs.at(-1)
  const epoch = last === undefined ? 0 : measureOf(last, measure)
  return Math.max(Number.isFinite(epoch) ? epoch : 0, stepsAlong(steps, measure).at(-1) ?? 0)
}

/** The first step's place, or the first epoch's where no steps are known. */
function firstOf({ epochs, steps }: Pick<RunCurvesView, 'epochs' | 'steps'>, measure: Measure): number {
  const step = stepsAlong(steps, measure).find((value) => value > 0)
  const [epoch] = epochs
  const first = step ?? (epoch === undefined ? Number.NaN : measureOf(epoch, measure))
  return first > 0 ? first : 1
}

function endOf(run: RunView, measure: Measure): number {
  const { status, epochs, stepsPerEpoch, elapsedMs, remainingMs } = run.progress
  const going = status === 'running' || status === 'paused'
  const planned =
    measure === 'epoch' ? epochs : measure === 'step' ? epochs * stepsPerEpoch : elapsedMs + (remainingMs ?? elapsedMs)
  return roomyEnd(reachedBy(run, measure), planned, going, measure)
}
