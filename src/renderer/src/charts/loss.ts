import { formatNumber } from '../state/format'
import { formatTick } from './axis'
import type { CardContext, ChartSpec } from './chart'
import { trainingAndValidation } from './lines'

/** Training and validation loss by epoch, over the losses of single steps. */
export function lossChart({ validated }: CardContext): ChartSpec {
  return {
    id: 'loss',
    title: 'Loss',
    name: 'Loss chart',
    lines: trainingAndValidation(
      validated,
      ({ point }) => point.trainLoss,
      ({ point }) => point.validationLoss ?? undefined
    ),
    steps: 'loss',
    offersLog: true,
    levels: ({ baselines }) => baselines.models.map(({ label, loss }) => ({ label, value: loss })),
    format: formatNumber,
    formatTick,
    term: 'loss'
  }
}
