import { formatNumber } from '../state/format'
import type { ChartSpec } from './chart'
import { formatTick } from './axis'

/** Training and validation loss by epoch, over the losses of single steps. */
export function lossChart(): ChartSpec {
  return {
    id: 'loss',
    title: 'Loss',
    name: 'Loss chart',
    lines: [
      { label: 'training', colour: '--train', value: (point) => point.trainLoss },
      { label: 'validation', colour: '--validation', dashed: true, value: (point) => point.validationLoss }
    ],
    showsSteps: true,
    offersLog: true,
    format: formatNumber,
    formatTick,
    term: 'loss'
  }
}
