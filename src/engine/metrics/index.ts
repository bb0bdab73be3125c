/** The metric registry: one line per metric. The first that serves a task is the one charted. */
import type { Task } from '../spec'
import { accuracy } from './accuracy'
import { mae } from './mae'
import { r2 } from './r2'
import { rmse } from './rmse'

export type { Accumulator, MetricSpec } from './metric'
export { predictedClasses } from './predicted-classes'

export const metricSpecs = [accuracy, mae, rmse, r2] as const

export type MetricName = (typeof metricSpecs)[number]['name']

/** Metrics of a task, the charted one first. */
export function metricsFor(task: Task): (typeof metricSpecs)[number][] {
  return metricSpecs.filter((metric) => metric.tasks.includes(task))
}
