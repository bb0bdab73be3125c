/** What the table of runs tells of an epoch, and which epoch of a run was the best. */
import { withCheck, type ChecksSummary } from '../shared/gradient-checks'
import type { Measured } from '../shared/run-views'
import type { EpochRecord } from './record'

type Told = Pick<EpochRecord, 'epoch' | 'trainLoss' | 'validationLoss' | 'trainMetrics' | 'metrics' | 'gradientCheck'>

export interface MeasuredEpochs {
  readonly best: Measured | null
  readonly last: Measured | null
  /** What the gradient checks after epochs come to; null where there are none. */
  readonly checks: ChecksSummary | null
}

/** What it is judged by: the loss of the validation rows, where there are any, else of the training rows. */
export function judgedLoss({ validationLoss, trainLoss }: Pick<EpochRecord, 'validationLoss' | 'trainLoss'>): number {
  return validationLoss ?? trainLoss
}

/** The epoch of the lowest loss, the first of equals; undefined when there is none, or no loss of any was a number. */
export function bestOf<Epoch extends Pick<EpochRecord, 'validationLoss' | 'trainLoss'>>(
  epochs: readonly Epoch[]
): Epoch | undefined {
  let [best, lowest]: [Epoch | undefined, number] = [undefined, Infinity]
  for (const epoch of epochs) {
    const loss = judgedLoss(epoch)
    if (loss < lowest) [best, lowest] = [epoch, loss]
  }
  return best
}

/** @param epochs all that have ended, in order */
export function measuredEpochs(epochs: readonly Told[]): MeasuredEpochs {
  const [best, last] = [bestOf(epochs), epochs.at(-1)]
  return {
    best: best === undefined ? null : measuredOf(best),
    last: last === undefined ? null : measuredOf(last),
    checks: checksAfter(epochs)
  }
}

/** What the gradient checks after those epochs come to; null where there are none. */
export function checksAfter(epochs: readonly Pick<Told, 'epoch' | 'gradientCheck'>[]): ChecksSummary | null {
  let summary: ChecksSummary | null = null
  for (const { epoch, gradientCheck } of epochs)
    if (gradientCheck !== undefined) summary = withCheck(summary, { ...gradientCheck, epoch })
  return summary
}

/** Null for what was not finite; metrics of the training rows where no others are judged. */
export function measuredOf(told: {
  readonly epoch: number
  readonly trainLoss: number | null
  readonly validationLoss: number | null
  readonly trainMetrics: Readonly<Record<string, number | null>>
  readonly metrics: Readonly<Record<string, number | null>>
}): Measured {
  const { epoch, trainLoss, validationLoss, trainMetrics, metrics } = told
  const finite = (value: number | null) => (value !== null && Number.isFinite(value) ? value : null)
  const ofRows = Object.keys(metrics).length > 0 ? metrics : trainMetrics
  const shown = Object.fromEntries(Object.entries(ofRows).map(([name, value]) => [name, finite(value)]))
  return { epoch, trainLoss: finite(trainLoss), validationLoss: finite(validationLoss), metrics: shown }
}
