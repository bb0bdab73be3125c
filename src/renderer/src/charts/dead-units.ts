import { formatPercent } from '../state/format'
import type { CardContext, ChartSpec } from './chart'
import { layerLines } from './lines'

/** The share of each layer's units that answer 0 to every row that was looked at; where units can die so. */
export function deadUnitsChart({ layers }: CardContext): ChartSpec | null {
  const mortal = layers.filter((layer) => layer.mortal)
  if (mortal.length === 0) return null
  return {
    id: 'dead-units',
    title: 'Dead units',
    name: 'Dead units chart',
    lines: layerLines(mortal, ({ activations }) => activations.dead),
    ofLayers: true,
    offersLog: false,
    min: 0,
    max: 1,
    format: formatPercent,
    formatTick: (value) => `${Math.round(value * 1000) / 10} %`,
    term: {
      title: 'Dead units',
      text: 'The share of a layer’s units that answered 0 to every row that was looked at. No gradient passes through such a unit, so it will not come back by itself; a smaller learning rate or a leaky activation keeps more of them alive.'
    }
  }
}
