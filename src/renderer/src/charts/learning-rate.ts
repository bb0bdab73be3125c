import { formatNumber } from '../state/format'
import { formatTick } from './axis'
import type { ChartSpec } from './chart'

/** The learning rate of every step. */
export function learningRateChart(): ChartSpec {
  return {
    id: 'learning-rate',
    title: 'Learning rate',
    name: 'Learning rate chart',
    lines: [{ label: 'learning rate', colour: '--accent', dash: [], value: ({ point }) => point.learningRate }],
    steps: 'learningRate',
    exact: true,
    offersLog: true,
    format: formatNumber,
    formatTick,
    term: 'schedule'
  }
}
