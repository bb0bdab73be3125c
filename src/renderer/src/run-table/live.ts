/** The run in view as the table of runs lists it while it goes on. */
import type { Measured, RunSummary } from '../../../shared/run-views'
import type { EpochPoint, RunView } from '../../../shared/views'

/** With how far it is by now, where the run in view is this one. */
export function asInView(summary: RunSummary, run: RunView | null): RunSummary {
  if (run === null || run.runId !== summary.runId) return summary
  const { status, step, elapsedMs, epochs } = run.progress
  const best = run.epochs.findLast((point) => point.best)
  const last = run.epochs.at(-1)
  const goesOn = status === 'running' || status === 'paused'
  return {
    ...summary,
    status,
    title: run.facts.title,
    epochs: last?.epoch ?? 0,
    plannedEpochs: epochs,
    steps: step,
    elapsedMs,
    best: best === undefined ? summary.best : measuredOf(best),
    last: last === undefined ? summary.last : measuredOf(last),
    resumable: !goesOn && summary.resumable
  }
}

function measuredOf({ epoch, trainLoss, validationLoss, trainMetrics, metrics }: EpochPoint): Measured {
  const ofRows = Object.keys(metrics).length > 0 ? metrics : trainMetrics
  return { epoch, trainLoss, validationLoss, metrics: ofRows }
}
