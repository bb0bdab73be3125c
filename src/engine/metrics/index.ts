/** The metric registry: one line per metric, the most important first. */
import type { Task } from '../spec'
import { accuracy } from './accuracy'
import { exactMatch } from './exact-match'
import { f1 } from './f1'
import { logLoss } from './log-loss'
import { mae } from './mae'
import { mape } from './mape'
import type { MetricSpec } from './metric'
import { precision } from './precision'
import { r2 } from './r2'
import { recall } from './recall'
import { rmse } from './rmse'
import { rocAuc } from './roc-auc'
import { top3Accuracy } from './top-3-accuracy'

export { classReport, classReportOf, type ClassScores } from './class-report'
export type { Accumulator, MetricSpec } from './metric'
export { isOn, predictedClasses } from './predicted-classes'
export { workedMeanOf } from './worked'

export const metricSpecs = [
  accuracy,
  exactMatch,
  f1,
  precision,
  recall,
  rocAuc,
  top3Accuracy,
  logLoss,
  mae,
  rmse,
  r2,
  mape
] as const

export type MetricName = (typeof metricSpecs)[number]['name']

/**
 * Metrics of a task, the most important first; the first is the one charted.
 * @param classes K; where it is given, metrics that say nothing of so few classes are left out
 */
export function metricsFor(task: Task, classes = Infinity): readonly MetricSpec<MetricName>[] {
  const specs: readonly MetricSpec<MetricName>[] = metricSpecs
  return specs.filter((metric) => metric.tasks.includes(task) && classes >= (metric.classesFrom ?? 0))
}
