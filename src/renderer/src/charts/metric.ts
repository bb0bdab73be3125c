import { metricsFor } from '../../../engine/catalog'
import { formatNumber, formatPercent } from '../state/format'
import { formatTick } from './axis'
import type { CardContext, ChartSpec } from './chart'
import { trainingAndValidation } from './lines'

/** The metric by which people judge the task: accuracy for classes, the first metric of a regression. */
export function metricChart({ task, validated }: CardContext): ChartSpec | null {
  const [metric] = metricsFor(task)
  if (metric === undefined) return null
  const isShare = metric.unit === 'share'
  const { name } = metric
  return {
    id: 'metric',
    title: metric.label,
    name: `${metric.label} chart`,
    lines: trainingAndValidation(
      validated,
      ({ point }) => valueOf(point.trainMetrics, name),
      ({ point }) => valueOf(point.metrics, name)
    ),
    offersLog: !isShare,
    ...(isShare && { min: 0, max: 1 }),
    levels: ({ baselines }) =>
      baselines.models.flatMap(({ label, metrics }) =>
        metrics.filter((measured) => measured.name === name).map(({ value }) => ({ label, value }))
      ),
    format: isShare ? formatPercent : formatNumber,
    formatTick: isShare ? (value) => `${Math.round(value * 1000) / 10} %` : formatTick,
    term: name
  }
}

function valueOf(metrics: Readonly<Record<string, number>>, name: string): number | undefined {
  return Object.hasOwn(metrics, name) ? metrics[name] : undefined
}
