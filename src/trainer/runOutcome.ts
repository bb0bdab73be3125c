/** How a run ended, as one sentence. */
import type { ErrorValue } from '../shared/errors'
import type { EarlyStopView, EpochPoint, RunStatus } from '../shared/views'

interface Trained {
  readonly epochs: readonly EpochPoint[]
  readonly training: { readonly earlyStop: EarlyStopView | null }
}

export function outcomeSentence(
  title: string,
  { epochs, training: { earlyStop } }: Trained,
  { status, error }: { readonly status: RunStatus; readonly error: ErrorValue | null }
): string {
  if (status === 'failed') return `"${title}" failed: ${error?.message ?? 'nothing is known of why.'}`
  const done = `${epochs.length} ${epochs.length === 1 ? 'epoch' : 'epochs'}`
  const last = epochs[(earlyStop?.bestEpoch ?? epochs.length) - 1]
  const loss = last?.validationLoss ?? last?.trainLoss
  const kind = last?.validationLoss === null ? 'training' : 'validation'
  const reached = loss === undefined ? '' : `, ${kind} loss ${Number(loss.toPrecision(4))}`
  if (status === 'stopped') return `"${title}" was stopped after ${done}${reached}.`
  if (earlyStop === null) return `"${title}" is trained: ${done}${reached}.`
  return `"${title}" is trained: it stopped getting better after epoch ${earlyStop.bestEpoch} of ${done}${reached}.`
}
