/** What came of a run, in words: which epoch's weights it has, how it ended, and what computed it. */
import { metricsFor } from '../../../engine/catalog'
import type { EarlyStopView, EpochPoint, ExecutorView, RunView } from '../../../shared/views'
import { formatMetric, plural } from './format'

/** The epoch whose weights the run has: the best one where the end has taken those back, else the last that ended. */
export function keptEpoch({ earlyStop, epochs, progress, setup }: RunView): EpochPoint | undefined {
  const last = epochs.at(-1)
  if (earlyStop !== null) {
    return earlyStop.restored ? epochs.find(({ epoch }) => epoch === earlyStop.bestEpoch) : last
  }
  const { patience, restoreBest } = setup.earlyStopping
  const restores = typeof patience === 'number' && patience > 0 && restoreBest !== false
  return progress.status === 'completed' && restores ? (epochs.findLast(({ best }) => best) ?? last) : last
}

/** How the run did at the end, by the task's first metric: `Accuracy 96.7 %` on `30 validation rows`; null before. */
export function resultOf(run: RunView): { readonly value: string; readonly on: string } | null {
  const point = keptEpoch(run)
  const [metric] = metricsFor(run.setup.task)
  if (point === undefined || metric === undefined) return null
  const validated = run.prepared.validationRows > 0
  const metrics = validated ? point.metrics : point.trainMetrics
  const value = Object.hasOwn(metrics, metric.name) ? metrics[metric.name] : undefined
  if (value === undefined) return null
  return {
    value: `${metric.label} ${formatMetric(metric.name, value)}`,
    on: validated ? plural(run.prepared.validationRows, 'validation row') : 'the training rows'
  }
}

export function earlyStopText({ epoch, bestEpoch, restored }: EarlyStopView): string {
  return `Stopped early at epoch ${epoch}: no better since epoch ${bestEpoch}${restored ? ', whose weights were taken back' : ''}.`
}

/** That the weights are not those of the last epoch, where nothing else says so; null when they are. */
export function keptText(run: RunView): string | null {
  const kept = keptEpoch(run)
  const last = run.epochs.at(-1)
  if (run.earlyStop !== null || kept === undefined || last === undefined || kept.epoch === last.epoch) return null
  return `The weights are those of epoch ${kept.epoch}, the best.`
}

/** Why a run is slower than it could be: a heading and a sentence; null when it is not. */
export function slownessOf({ name, reason }: ExecutorView): { readonly title: string; readonly reason: string } | null {
  if (reason === null) return null
  const title = name === 'reference' ? 'Trained by the slower reference executor.' : 'Trained with fewer threads.'
  return { title, reason }
}

/** `float32 · 2 threads`: what computes the steps, in few words. */
export function executorText({ name, threads }: ExecutorView): string {
  return `${name === 'wasm' ? 'float32' : 'reference, float64'} · ${plural(threads, 'thread')}`
}
