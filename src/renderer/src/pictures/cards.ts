/** The pictures among the cards of the Train stage. */
import type { PictureCard } from '../charts/card'
import type { CardContext } from '../charts/chart'
import { studio } from '../state/studio.svelte'
import ActivationRidges from './ActivationRidges.svelte'
import ActivationsCard from './ActivationsCard.svelte'
import ConfusionCard from './ConfusionCard.svelte'
import FiltersCard from './FiltersCard.svelte'
import NetworkCard from './NetworkCard.svelte'
import { surfaceColumns } from './surface'
import SurfaceCard from './SurfaceCard.svelte'
import WeightRidges from './WeightRidges.svelte'

/** Convolutions see pictures or signals. */
function convolves({ setup }: CardContext): boolean {
  return (setup.model?.layers ?? setup.layers).some(({ type }) => type === 'conv1d' || type === 'conv2d')
}

export const surfaceCard: PictureCard = {
  id: 'surface',
  size: 'square',
  applies: ({ prepared, task }) =>
    prepared !== null && task !== 'multi-label' && surfaceColumns(prepared, studio.dataset?.columns ?? []) !== null,
  component: SurfaceCard
}

export const filtersCard: PictureCard = { id: 'filters', size: 'third', applies: convolves, component: FiltersCard }

export const exampleCard: PictureCard = {
  id: 'example',
  size: 'main',
  applies: (context) => convolves(context) || (context.prepared?.inputShape.length ?? 0) > 1,
  component: ActivationsCard
}

export const weightsCard: PictureCard = {
  id: 'weights',
  size: 'third',
  applies: () => true,
  component: WeightRidges
}

export const activationsCard: PictureCard = {
  id: 'activations',
  size: 'third',
  folded: true,
  applies: () => true,
  component: ActivationRidges
}

export const networkCard: PictureCard = {
  id: 'network',
  size: 'wide',
  folded: true,
  applies: () => true,
  component: NetworkCard
}

export const confusionCard: PictureCard = {
  id: 'confusion',
  size: 'third',
  folded: true,
  applies: ({ task }) => task === 'binary' || task === 'multi-class',
  component: ConfusionCard
}
