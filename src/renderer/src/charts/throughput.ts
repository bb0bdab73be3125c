import { formatRate } from '../state/format'
import type { ChartLine, ChartSpec } from './chart'

/** Training rows a second, epoch by epoch. */
export function throughputChart(): ChartSpec {
  return {
    id: 'throughput',
    title: 'Throughput',
    name: 'Throughput chart',
    lines: [{ label: 'rows/s', colour: '--accent', dash: [], value: rowsPerSecond }],
    offersLog: true,
    format: formatRate,
    formatTick: formatRate,
    term: {
      title: 'Throughput',
      text: 'Rows that the network was trained on in a second, epoch by epoch, evaluation of the validation rows included. Larger batches usually raise it; another program at work on this computer lowers it.'
    }
  }
}

const rowsPerSecond: ChartLine['value'] = ({ point, before, rows }) => {
  if (point.elapsedMs === null || (before !== undefined && before.elapsedMs === null)) return undefined
  const ms = point.elapsedMs - (before?.elapsedMs ?? 0)
  return ms > 0 ? (1000 * rows) / ms : undefined
}
