/** The cards of the Train stage: one line each, in their order. */
import {
  activationsCard,
  confusionCard,
  exampleCard,
  filtersCard,
  networkCard,
  surfaceCard,
  weightsCard
} from '../pictures/cards'
import type { Card } from './card'
import { deadUnitsChart } from './dead-units'
import { gradientCheckChart } from './gradient-check'
import { gradientNormChart } from './gradient-norm'
import { layerErrorChart } from './layer-error'
import { learningRateChart } from './learning-rate'
import { lossChart } from './loss'
import { metricChart } from './metric'
import { throughputChart } from './throughput'
import { updateRatioChart } from './update-ratio'

export type { Card, CardProps, LineCard, PictureCard } from './card'
export type { CardContext } from './chart'

export const cards: readonly Card[] = [
  { id: 'loss', size: 'main', chart: lossChart },
  { id: 'metric', size: 'main', chart: metricChart },
  surfaceCard,
  filtersCard,
  exampleCard,
  { id: 'gradient-norm', size: 'third', chart: gradientNormChart },
  weightsCard,
  { id: 'learning-rate', size: 'third', chart: learningRateChart },
  { id: 'gradient-check', size: 'third', chart: gradientCheckChart },
  { id: 'update-ratio', size: 'third', folded: true, chart: updateRatioChart },
  { id: 'layer-error', size: 'third', folded: true, chart: layerErrorChart },
  { id: 'dead-units', size: 'third', folded: true, chart: deadUnitsChart },
  { id: 'throughput', size: 'third', folded: true, chart: throughputChart },
  activationsCard,
  confusionCard,
  networkCard
]
