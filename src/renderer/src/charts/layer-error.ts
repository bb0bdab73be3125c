import type { CardContext, ChartSpec } from './chart'
import { ofTrainedLayers } from './lines'

/** Mean |δ| of each layer after the milestones. */
export function layerErrorChart({ layers }: CardContext): ChartSpec {
  return {
    id: 'layer-error',
    title: 'Error per layer',
    name: 'Error per layer chart',
    ...ofTrainedLayers(layers, ({ delta }) => delta),
    term: {
      title: 'Error per layer',
      text: 'What of the error reaches each layer on its way back: how much the error of a row changes with what a unit adds up, on average over rows and units. Lines that fall apart over the layers are an error that vanishes, or explodes, on its way.',
      formula: 'mean |δ|, δ = ∂E/∂z'
    }
  }
}
