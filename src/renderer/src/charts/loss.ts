import { formatNumber } from '../state/format'
import type { ChartContext, ChartSpec } from './chart'
import { formatTick } from './axis'
import { trainingAndValidation } from './lines'

/** Training and validation loss by epoch, over the losses of single steps. */
export function lossChart({ validated }: ChartContext): ChartSpec {
  return {
    id: 'loss',
    title: 'Loss',
    name: 'Loss chart',
    lines: trainingAndValidation(
      validated,
      (point) => point.trainLoss,
      (point) => point.validationLoss ?? undefined
    ),
    showsSteps: true,
    offersLog: true,
    format: formatNumber,
    formatTick,
    term: 'loss'
  }
}
