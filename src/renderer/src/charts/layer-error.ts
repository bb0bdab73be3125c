import { formatNumber } from '../state/format'
import { formatTick } from './axis'
import type { CardContext, ChartSpec } from './chart'
import { layerLines, noLayersYet } from './lines'

/** Mean |δ| of each layer after the milestones. */
export function layerErrorChart({ layers }: CardContext): ChartSpec {
  return {
    id: 'layer-error',
    title: 'Error per layer',
    name: 'Error per layer chart',
    lines: layerLines(
      layers.filter(({ trained }) => trained),
      ({ delta }) => delta
    ),
    ofLayers: true,
    offersLog: true,
    logarithmic: true,
    format: formatNumber,
    formatTick,
    empty: noLayersYet,
    term: {
      title: 'Error per layer',
      text: 'What of the error reaches each layer on its way back: how much the error of a row changes with what a unit adds up, on average over rows and units. Lines that fall apart over the layers are an error that vanishes, or explodes, on its way.',
      formula: 'mean |δ|, δ = ∂E/∂z'
    }
  }
}
