import type { Patient, Rule } from './patient'
import {
  nothingLearned,
  lastLosses,
  layerLine,
  looksToGoBy,
  lossLines,
  median,
  plannedRate,
  shareDone,
  shown,
  trendOf
} from './readings'
import { rounded, usualRate } from './safer-rate'

const LOOKS = 5
/** Share of the planned epochs after which it is told, and epochs. */
const DONE = 0.1
/** Of the first loss, what would be left at the planned end. */
const LEFT = 0.5
/** A step moves weights by this share of themselves in networks that learn well. */
const USUAL = 1e-3
const SLOW = 3e-4
/** What is left of where the loss began, of a run that is settled before its fifth epoch. */
const HARDLY_MOVED = 0.95
/** A single epoch is compared by the first and the last of so many parts of its steps. */
const PARTS = 4

/**
 * The loss falls, steadily, but so slowly that along its present straight line more than half of L₀ is left at
 * the last planned epoch (of a run that is settled before the fifth one: along the line from where the loss began, of which more than 95 % is left); and the median layer's ‖Δw‖ / ‖w‖ of a step is below 3·10⁻⁴ at each of the last five looks, where
 * about 10⁻³ is usual (Karpathy 2015, CS231n, Babysitting the learning process: ratio of updates to weights). Told from
 * a tenth of the planned epochs on, at a rate that the schedule has not lowered.
 */
export const rateTooLow: Rule = {
  name: 'rate-too-low',
  hides: ['class-collapse', 'underfitting', 'plateau'],
  examine(patient) {
    const { epochs, plan } = patient
    const looks = looksToGoBy(patient, LOOKS)
    const isShort = epochs.length < LOOKS
    if (looks === null || (shareDone(patient) < DONE && !isShort)) return null
    const rate = plannedRate(patient)
    const now = epochs.at(-1)?.learningRate ?? 0
    if (now < rate / 2) return null
    const ratios = looks.map(({ layers }) => median(layers.flatMap(({ weights }) => weights?.updateRatio ?? [])))
    if (!ratios.every((ratio) => ratio < SLOW)) return null
    const first = nothingLearned(patient)
    const end = isShort ? endByFirst(patient) : endByTrend(patient)
    if (end === null || !(end > LEFT * first)) return null
    const ratio = median(ratios)
    const factor = Math.min(1000, Math.max(3, USUAL / ratio))
    // Small steps may be due to small gradients, so no rate far above the usual one comes of them.
    const most = Math.max(3 * rate, usualRate(plan.optimizer.type) ?? 0)
    const lines = patient.layers
      .filter(({ parameters }) => parameters > 0)
      .map(({ name }) => layerLine(patient, name, ({ weights }) => weights?.updateRatio))
    return {
      title: 'Learning rate too low',
      sentence: `The loss falls, but at this pace it would still be ${shown(end)} after ${plan.epochs} epochs, of ${shown(first)} without learning: a step moves the weights by ${shown(100 * ratio)} % of themselves, where about 0.1 % is usual.`,
      evidence:
        lines.length === 0
          ? { label: 'Loss', logarithmic: false, lines: lossLines(patient), level: null }
          : { label: 'Update to weight', logarithmic: true, lines, level: { label: 'Usual', value: USUAL } },
      cure: { kind: 'learning-rate', value: rounded(Math.min(most, rate * factor)), anew: false }
    }
  }
}

/** Where the straight line through the last epochs comes to at the planned end; null where none falls clearly. */
function endByTrend(patient: Patient): number | null {
  const losses = lastLosses(patient, LOOKS)
  const { change, deviation } = trendOf(losses)
  if (!(change < 0) || -change < 2 * deviation) return null
  return (losses.at(-1) ?? NaN) + (change / (LOOKS - 1)) * (patient.plan.epochs - patient.epochs.length)
}

/** The same by where the loss began and where it is, where it has hardly moved; null where it has. */
function endByFirst(patient: Patient): number | null {
  const { plan, epochs, steps } = patient
  // Of one epoch its first and last steps; else whole epochs, which are surer.
  const part = Math.max(1, Math.floor(steps.loss.length / PARTS))
  const isOne = epochs.length === 1
  const begun = isOne ? median(steps.loss.slice(0, part)) : (epochs[0]?.trainLoss ?? NaN)
  const last = isOne ? median(steps.loss.slice(-part)) : (epochs.at(-1)?.trainLoss ?? NaN)
  if (!(last > HARDLY_MOVED * begun)) return null
  return last - ((begun - last) / epochs.length) * (plan.epochs - epochs.length)
}
