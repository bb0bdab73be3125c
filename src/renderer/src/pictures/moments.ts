/** Moments of a run: epochs in order, 0 before the first step. */
import type { EpochPoint, RunView } from '../../../shared/views'

/** Place of the last moment at or before an epoch; −1 where there is none. */
function placeOf(moments: readonly number[], epoch: number): number {
  let [low, high] = [0, moments.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((moments[middle] ?? Infinity) <= epoch) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** The last moment at or before an epoch, the first one where all come later; null where there are none. */
export function momentBefore(moments: readonly number[], epoch: number): number | null {
  return moments[Math.max(0, placeOf(moments, epoch))] ?? null
}

/** The moment nearest to an epoch, the earlier of two that are equally near; null where there are none. */
export function nearestMoment(moments: readonly number[], epoch: number): number | null {
  const place = placeOf(moments, epoch)
  const [before, after] = [moments[place], moments[place + 1]]
  if (before === undefined || after === undefined) return before ?? after ?? null
  return epoch - before <= after - epoch ? before : after
}

/**
 * The moment so many places on from another one; before the first one comes nothing, so it stays there.
 * @param epoch null for now, behind the last one
 * @returns null behind the last one, or where there are none
 */
export function neighbourOf(moments: readonly number[], epoch: number | null, by: number): number | null {
  const place = epoch === null ? moments.length : placeOf(moments, epoch)
  return moments[Math.max(0, place + by)] ?? null
}

/** Steps taken at the end of an epoch; null where the run does not tell. */
export function stepOf(
  { epochs }: { readonly epochs: readonly Pick<EpochPoint, 'epoch' | 'step'>[] },
  epoch: number
): number | null {
  if (epoch === 0) return 0
  // As a rule the n-th entry is that of epoch n.
  const usual = epochs[epoch - 1]
  return (usual?.epoch === epoch ? usual : epochs.find((point) => point.epoch === epoch))?.step ?? null
}

/** "Epoch 38 · step 418". */
export function momentText(epoch: number, step: number | null): string {
  return step === null ? `Epoch ${epoch}` : `Epoch ${epoch} · step ${step}`
}

/** What a picture of a run at a moment belongs to: other weights, another key. Null where there is no run. */
export function weightsKey(run: RunView | null, moment: number | null): string | null {
  if (run === null) return null
  return `${run.runId}:${moment === null ? `now ${run.progress.step}` : `epoch ${moment}`}`
}
