import { numberSetting } from '../fields'
import type { Cure, Patient, Rule } from './patient'
import { nothingLearned, lossLines, mean, shown } from './readings'

/** Epochs that a mean is taken over. */
const EPOCHS = 5
const LEAST_EPOCHS = 10
/** The same of a run that is settled before. */
const FEW = { mean: 2, least: 5 }
/** How much of L₀ the validation loss must have risen by, */
const RISE = 0.08
/** and by how much of its best. */
const TIMES_BEST = 1.3
/** Standard errors of a mean over the validation rows that it must be clear of. */
const NOISE = 1.5
const PENALTY = 0.01
const RATE = 0.3

/**
 * With V the validation loss (mean of five epochs, of two where a run is settled before its tenth), V₀ its lowest such mean before, L the training loss, L₀ that of the best constant answer (or the first loss)
 * and n the validation rows: V > 1.3 · V₀ and V − V₀ > L₀ · (0.08 + 1.5 / √n), while L has fallen since the epoch of V₀, below L₀. What is
 * learned since holds for the training rows alone. The first is Prechelt's generalization loss, 100 · (V / V₀ − 1) > 30
 * (Prechelt 1998, Early stopping – but when?); the second keeps it quiet about noise: the mean of n rows whose losses
 * scatter by about L₀ is known to about L₀ / √n.
 */
export const overfitting: Rule = {
  name: 'overfitting',
  hides: ['plateau'],
  examine(patient) {
    const { epochs, plan } = patient
    const isShort = epochs.length < LEAST_EPOCHS
    if (plan.validationRows === 0 || epochs.length < FEW.least || (isShort && !patient.settled)) return null
    const span = isShort ? FEW.mean : EPOCHS
    const validation = epochs.map(({ validationLoss }) => validationLoss ?? NaN)
    const training = epochs.map(({ trainLoss }) => trainLoss ?? NaN)
    const means = validation.slice(span - 1).map((_, i) => mean(validation.slice(i, i + span)))
    const best = means.reduce((low, value, i) => (value < (means[low] ?? Infinity) ? i : low), 0)
    const [lowest, now] = [means[best] ?? NaN, means.at(-1) ?? NaN]
    const margin = nothingLearned(patient) * (RISE + NOISE / Math.sqrt(plan.validationRows))
    const trainedThen = mean(training.slice(best, best + span))
    const trainedNow = mean(training.slice(-span))
    if (!(now > TIMES_BEST * lowest && now - lowest > margin && trainedNow < trainedThen)) return null
    // Who has learned nothing has learned nothing by heart.
    if (!(trainedNow < nothingLearned(patient))) return null
    const epoch = epochs[best + Math.floor(span / 2)]?.epoch ?? 0
    return {
      title: 'Overfitting',
      sentence: `Since about epoch ${epoch} the validation loss has gone up from ${shown(lowest)} to ${shown(now)}, while the training loss fell from ${shown(trainedThen)} to ${shown(trainedNow)}: what it learns now holds for the training rows alone.`,
      evidence: {
        label: 'Loss',
        logarithmic: false,
        lines: lossLines(patient),
        level: { label: 'Best validation loss', value: lowest }
      },
      cure: cureOf(patient)
    }
  }
}

/** A penalty on weights where there is none; else dropout where there is none; else to stop in time. */
function cureOf({ plan, layers }: Patient): Cure {
  if (numberSetting(plan.regularization, 'l2') === 0) return { kind: 'l2', value: PENALTY }
  if (!layers.some(({ type }) => type === 'dropout')) return { kind: 'dropout', rate: RATE }
  return plan.stopsEarly
    ? { kind: 'l2', value: 10 * numberSetting(plan.regularization, 'l2') }
    : { kind: 'early-stopping', patience: 10 }
}
