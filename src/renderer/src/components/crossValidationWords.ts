/** A cross-validation in words and as a table. */
import { metricsFor } from '../../../engine/catalog'
import type { CrossValidationView, FoldSummary, Spread } from '../../../shared/cross-validation'
import type { Setup } from '../../../shared/setup'
import { saysTheLoss } from './evaluationWords'
import { formatCount, formatDuration, formatMetric, formatNumber, plural } from '../state/format'

/** What is over sooner is not worth a figure. */
const LEAST_MS = 1000

/** What it does and what it costs. @param runMs how long one training took; null when that is not known */
export function methodText(setup: Setup, folds: number, runMs: number | null): string {
  const { by } = setup.split
  const isOrdered = by === 'ordered' || (setup.window !== null && by !== 'grouped')
  const what = isOrdered
    ? `Trains ${folds} networks on rows in their order: each learns from what comes before a block of rows and is judged on that block.`
    : `Trains ${folds} networks: each learns from ${folds - 1} of ${folds} parts of the rows and is judged on the part that it has not seen${by === 'grouped' ? '; groups stay whole' : ''}.`
  const time = runMs === null || folds * runMs < LEAST_MS ? '' : `, about ${formatDuration(folds * runMs)}`
  return `${what} That takes as long as ${folds} trainings${time}; the run in view stays as it is.`
}

/** From 0 to 1. */
export function doneShare({ folds, fold, epoch, epochs, results }: CrossValidationView): number {
  if (results.length === folds) return 1
  const ofFold = results.length >= fold || !(epochs > 0) ? 0 : epoch / epochs
  return Math.min(1, (Math.max(results.length, fold - 1) + ofFold) / folds)
}

/** Where it stands while it is under way. */
export function progressText(view: CrossValidationView): string {
  const { state, folds, fold, epoch, epochs, elapsedMs } = view
  const place = `Fold ${fold} of ${folds}, epoch ${formatCount(epoch)} of ${formatCount(epochs)}`
  if (state === 'waiting') return `${place}. It waits while the run in view trains, so as not to slow that down.`
  const share = doneShare(view)
  return share < 0.02 ? place : `${place}, about ${formatDuration((elapsedMs * (1 - share)) / share)} left`
}

export interface FoldsTable {
  readonly heads: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Mean ± standard deviation, below the metrics and the loss; null until all folds are done. */
  readonly last: readonly string[] | null
}

/** Fold by fold; metrics in the order of the registry. */
export function foldsTable({ results, summary }: CrossValidationView, setup: Setup): FoldsTable {
  const measured = metricsFor(setup.task).filter(
    ({ name }) => Object.hasOwn(results[0]?.metrics ?? {}, name) && !saysTheLoss(name, setup.loss)
  )
  return {
    heads: ['Fold', 'Trained on', 'Judged on', ...measured.map(({ label }) => label), 'Loss'],
    rows: results.map(({ fold, trainRows, validationRows, metrics, validationLoss }) => [
      String(fold),
      plural(trainRows, 'row'),
      plural(validationRows, 'row'),
      ...measured.map(({ name }) => formatMetric(name, metrics[name])),
      formatNumber(validationLoss)
    ]),
    last:
      summary === null
        ? null
        : [
            ...measured.map(({ name }) => spreadText(name, summary.metrics[name])),
            spreadText('loss', summary.validationLoss)
          ]
  }
}

/** What the figures say of a single split; null where a fold has no number. */
export function resultSentence({ metrics }: FoldSummary, setup: Setup): string | null {
  const metric = metricsFor(setup.task).find(({ name }) => Object.hasOwn(metrics, name))
  const spread = metric === undefined ? undefined : metrics[metric.name]
  if (metric === undefined || spread === undefined || spread.mean === null || spread.std === null) return null
  return `${metric.label} ${spreadText(metric.name, spread)}: one split alone may be off by that much.`
}

function spreadText(name: string, spread: Spread | undefined): string {
  const { mean = null, std = null } = spread ?? {}
  return mean === null || std === null ? '–' : `${formatMetric(name, mean)} ± ${formatMetric(name, std)}`
}
