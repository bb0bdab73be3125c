import { formatNumber } from '../state/format'
import { formatTick } from './axis'
import type { ChartContext, ChartSpec } from './chart'

/** The learning rate at the end of each epoch, where a schedule changes it. */
export function learningRateChart({ scheduled }: ChartContext): ChartSpec | null {
  if (!scheduled) return null
  return {
    id: 'learning-rate',
    title: 'Learning rate',
    name: 'Learning rate chart',
    lines: [{ label: 'learning rate', colour: '--accent', value: (point) => point.learningRate }],
    showsSteps: false,
    exact: true,
    offersLog: true,
    format: formatNumber,
    formatTick,
    term: 'schedule'
  }
}
