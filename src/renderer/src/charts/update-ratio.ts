import type { CardContext, ChartSpec } from './chart'
import { ofTrainedLayers } from './lines'

/** ‖Δw‖₂ / ‖w‖₂ of each layer at the last step of the milestones. */
export function updateRatioChart({ layers }: CardContext): ChartSpec {
  return {
    id: 'update-ratio',
    title: 'Update to weight',
    name: 'Update-to-weight chart',
    ...ofTrainedLayers(layers, ({ weights }) => weights?.updateRatio),
    // Half a power of ten to either side of the rule of thumb.
    band: { label: 'around 1e−3', from: 10 ** -3.5, to: 10 ** -2.5 },
    term: {
      title: 'Update to weight',
      text: 'By what share one step changes the weights of a layer. About a thousandth (the shaded band) is usual while a network learns: far above it the learning rate is likely too high, far below it too low.',
      formula: '‖Δw‖₂ / ‖w‖₂'
    }
  }
}
