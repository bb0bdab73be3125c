/** What the cards of the Train stage are chosen by. */
import type { RunView } from '../../../shared/views'
import { trainingFields, type Setup } from '../../../shared/setup'
import type { PreparedView } from '../../../shared/views'
import type { CardContext, WatchedLayer } from './chart'

/** The layers as the first milestone tells of them. */
export function watchedLayers(run: Pick<RunView, 'epochs'> | null): readonly WatchedLayer[] {
  const layers = run?.epochs.find((point) => point.layers !== null)?.layers ?? []
  return layers.map(({ layer, weights, activations }, index) => ({
    index,
    name: layer,
    trained: weights !== null,
    mortal: activations.dead !== null
  }))
}

/** Of a run, or of the draft before the first run. */
export function contextOf(
  setup: Setup,
  prepared: PreparedView | null,
  layers: readonly WatchedLayer[],
  checked = setup.gradientSamples > 0
): CardContext {
  return { setup, task: setup.task, prepared, validated: setup.validation !== 0, layers, checked }
}

/** Whether gradients are checked after the epochs of a run, or were before that was changed. */
export function isChecked({ setup, facts }: Pick<RunView, 'setup' | 'facts'>): boolean {
  const label = trainingFields.find(({ key }) => key === 'gradientSamples')?.label
  return (
    setup.gradientSamples > 0 || facts.changes.some(({ settings }) => settings.some((each) => each.label === label))
  )
}
