import type { RunView } from '../../../shared/views'
import { plural } from './format'
import { earlyStopText, slownessOf } from './outcome'

/** What the log says when a run has come to another status; null when there is nothing to say. */
export function storyOf(before: RunView | null, run: RunView | null): string | null {
  const isNew = before?.runId !== run?.runId
  const stopped = run?.earlyStop ?? null
  if (!isNew && stopped !== null && (before?.earlyStop ?? null) === null) return earlyStopText(stopped)
  if (!isNew && before?.progress.status === run?.progress.status) return null
  if (run === null) return 'Run cleared.'
  const { status, epoch, epochs, step } = run.progress
  const where = `epoch ${epoch} of ${epochs}, step ${step}`
  switch (status) {
    case 'running':
      return step === 0 ? `Training started: ${plural(epochs, 'epoch')}.` : `Training goes on at ${where}.`
    case 'paused':
      return isNew && step === 0 ? null : `Paused at ${where}.`
    case 'completed':
      return `Training finished: ${plural(epoch, 'epoch')}, ${plural(step, 'step')}.`
    case 'stopped':
      return `Stopped at ${where}.`
    case 'failed':
      return run.error === null ? `Failed at ${where}.` : `${run.error.message} (${run.error.code})`
  }
}

/** What the log says when a run is slower than it could be, from its start or of a sudden; null when that is no news. */
export function slownessStory(before: RunView | null, run: RunView | null): string | null {
  if (run === null || (before?.runId === run.runId && before.executor.reason === run.executor.reason)) return null
  const slowness = slownessOf(run.executor)
  return slowness === null ? null : `${slowness.title} ${slowness.reason}`
}
