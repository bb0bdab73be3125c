/** The point of a chart that a person has chosen, to have it explained. */
import type { EpochPoint } from '../../../shared/views'
import type { ExplainTarget } from '../state/explainTarget'
import type { Hover } from './hover'
import { measureOf, type Measure } from './measure'

export interface ChosenPoint {
  /** Along the measure. */
  readonly place: number
  readonly target: Extract<ExplainTarget, { readonly kind: 'moment' | 'step' }>
}

/** What stands under the pointer: the step, where the chart knows of steps, else the epoch. */
export function chosenAt({ epoch, step, place }: Hover): ChosenPoint | null {
  if (step !== null) return { place: step.place, target: { kind: 'step', step: step.step } }
  return epoch === null ? null : { place, target: { kind: 'moment', epoch } }
}

/** An ended epoch: the one that is looked at, or so many on from the one that was chosen; null where none has ended. */
export function chosenEpoch(
  epochs: readonly EpochPoint[],
  measure: Measure,
  from: ChosenPoint | null,
  by: number,
  looked: number | null
): ChosenPoint | null {
  const now = from === null ? null : epochs.findLastIndex((point) => measureOf(point, measure) <= from.place)
  const start = now ?? (looked === null ? epochs.length - 1 : epochs.findLastIndex(({ epoch }) => epoch <= looked))
  const point = epochs[Math.min(epochs.length - 1, Math.max(0, start + by))]
  return point === undefined
    ? null
    : { place: measureOf(point, measure), target: { kind: 'moment', epoch: point.epoch } }
}
