/** Gradient checks of a training where it stands, and what is kept of them. */
import { inTurns, Turns } from '../../data'
import {
  describeModel,
  frozenStep,
  sampledCheck,
  type MicroscopeSubject,
  type ModelSpec,
  type SampledCheck,
  type TrainingState,
  type TrainOptions
} from '../../engine'
import { StudioError } from '../../shared/errors'
import type { EpochCheck } from '../../shared/gradient-checks'

/** Rows of a batch that are taken, and multiply-adds of one evaluation that they may come to; some rows are always taken. */
const MOST_ROWS = 32
const LEAST_ROWS = 4
const MOST_WORK = 1_000_000

/** Of the check after an epoch: what is checked by then counts. */
const EPOCH_MS = 500

/** The step that comes next in a state, with as many rows of its batch as are not too much work. */
export function checkedStep(
  options: TrainOptions & { readonly from: TrainingState }
): MicroscopeSubject & { readonly rows: Int32Array } {
  return { ...frozenStep(options, affordableRows(options.model.spec)), asTraining: true }
}

function affordableRows(spec: ModelSpec): number {
  const work = describeModel(spec).layers.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0)
  return Math.min(MOST_ROWS, Math.max(LEAST_ROWS, Math.floor(MOST_WORK / Math.max(1, work))))
}

/**
 * The check after an epoch: other numbers each time, the same ones whenever the same run is trained. Whatever it comes to, training
 * goes on; null where its step could not be held still.
 * @param samples numbers to check, at most @param now a clock in milliseconds
 */
export async function epochCheck(
  options: TrainOptions & { readonly from: TrainingState },
  samples: number,
  now: () => number = () => performance.now()
): Promise<EpochCheck | null> {
  const began = now()
  const enough = () => now() - began > EPOCH_MS
  try {
    const subject = checkedStep(options)
    const seed = (options.seed + options.from.epochs) % 2 ** 32
    const check = await inTurns(sampledCheck(subject, samples, seed, enough), new Turns(undefined))
    return { ...keptCheck(check), rows: subject.rows.length }
  } catch (thrown) {
    if (thrown instanceof StudioError) return null
    throw thrown
  }
}

/** What is kept of a check. */
export function keptCheck(check: SampledCheck): Omit<EpochCheck, 'rows'> {
  const { parameters, checked, kinks, maxRelativeError, tooSmall, worst } = check
  return { parameters, checked, kinks, maxRelativeError, tooSmall, worst }
}
