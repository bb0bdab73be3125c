import { metricsFor } from '../../../engine/catalog'
import { formatNumber, formatPercent } from '../state/format'
import type { ChartContext, ChartSpec } from './chart'
import { formatTick } from './axis'
import { trainingAndValidation } from './lines'

/** The metric by which people judge the task: accuracy for classes, the first metric of a regression. */
export function metricChart({ task, validated }: ChartContext): ChartSpec | null {
  const [metric] = metricsFor(task)
  if (metric === undefined) return null
  const isShare = metric.unit === 'share'
  const { name } = metric
  return {
    id: name,
    title: metric.label,
    name: `${metric.label} chart`,
    lines: trainingAndValidation(
      validated,
      (point) => valueOf(point.trainMetrics, name),
      (point) => valueOf(point.metrics, name)
    ),
    showsSteps: false,
    offersLog: !isShare,
    ...(isShare && { min: 0, max: 1 }),
    format: isShare ? formatPercent : formatNumber,
    formatTick: isShare ? (value) => `${Math.round(value * 1000) / 10} %` : formatTick,
    term: name
  }
}

function valueOf(metrics: Readonly<Record<string, number>>, name: string): number | undefined {
  return Object.hasOwn(metrics, name) ? metrics[name] : undefined
}
