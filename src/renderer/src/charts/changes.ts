/** What happened to a run on its way, as marks over its charts. */
import type { RunChange, RunFacts, SettingChange } from '../../../shared/run-views'
import type { EpochPoint, RunView } from '../../../shared/views'
import { formatNumber } from '../state/format'
import { converted, measureOf, type Measure } from './measure'

export interface Mark {
  /** Along the measure. */
  readonly at: number
  readonly label: string
}

/** Few words for settings that were changed: "rate × 0.5", "batch size → 64 +1". */
export function changeLabel(settings: readonly SettingChange[]): string {
  const [first] = settings
  if (first === undefined) return 'changed'
  const more = settings.length > 1 ? ` +${settings.length - 1}` : ''
  return `${oneChange(first)}${more}`
}

function oneChange({ label, before, after }: SettingChange): string {
  const factor = Number(after) / Number(before)
  if (label === 'Learning rate' && Number.isFinite(factor) && factor > 0) {
    return `rate × ${formatNumber(factor)
      .replace(/(\.\d*?)0+$/, '$1')
      .replace(/\.$/, '')}`
  }
  return `${label.toLowerCase()} → ${after}`
}

/** Where the run was forked, where it was changed, in order. */
export function marksOf(run: RunView, measure: Measure): Mark[] {
  const { parent, changes } = run.facts
  return [...forkOf(run, parent, measure), ...changes.map((change) => changeMark(change, measure))]
}

function changeMark(change: RunChange, measure: Measure): Mark {
  const at = measure === 'epoch' ? change.position : measure === 'step' ? change.step : change.elapsedMs
  return { at, label: changeLabel(change.settings) }
}

function forkOf(run: RunView, parent: RunFacts['parent'], measure: Measure): Mark[] {
  if (parent === null) return []
  return [{ at: epochAlong(run, parent.epoch, measure), label: `forked: ${changeLabel(parent.settings)}` }]
}

/** Where an epoch of the run has ended. */
export function epochAlong(run: RunView, epoch: number, measure: Measure): number {
  if (measure === 'epoch' || epoch === 0) return epoch
  const known = pointOf(run.epochs, epoch)
  const at = known === undefined ? Number.NaN : measureOf(known, measure)
  return Number.isFinite(at) ? at : converted(run.steps, epoch, 'epoch', measure)
}

/** Epochs follow one another from the first one that is known. */
function pointOf(epochs: readonly EpochPoint[], epoch: number): EpochPoint | undefined {
  const point = epochs[epoch - (epochs[0]?.epoch ?? 1)]
  return point?.epoch === epoch ? point : undefined
}
