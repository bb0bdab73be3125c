import type { Patient, Rule } from './patient'
import {
  nothingLearned,
  lastLooks,
  lastLosses,
  layerLine,
  looksToGoBy,
  lossLines,
  median,
  plannedRate,
  shareDone,
  shown,
  trendOf,
  type Look
} from './readings'
import { rounded, cautiousRate } from './safer-rate'

const LOOKS = 5
/** Share of the planned epochs after which it is told, and epochs. */
const DONE = 0.1
/** Of L₀, what is left, or would be at the planned end. */
const LEFT = 0.5
/** A step moves weights by this share of themselves in networks that learn well. */
const USUAL = 1e-3
const SLOW = 3e-4
/** What the advised rate is to come to: gradients get smaller as the loss falls, and steps with them. */
const AIM = 1e-2
/** Weights that move by less than this share of themselves in all planned steps hardly move. */
const REACH = 0.1

/**
 * With r the median layer’s ‖Δw‖ / ‖w‖ of a step at a look, below 3·10⁻⁴ at each of the last five looks, where about 10⁻³ is usual (Karpathy
 * 2015, CS231n, Babysitting the learning process: ratio of updates to weights), and L₀ the loss of the best constant answer, one of:
 * - the loss falls, steadily, but so slowly that along its present straight line more than half of L₀ is left at the last planned epoch;
 * - more than half of L₀ is left, and the largest r of all looks times all planned steps is below 0.1: even if each step led the same
 *   way, weights would hardly move. Losses are not asked, which tell nothing where those of batches scatter; so it is told of a settled run of few looks too.
 *
 * Told from a tenth of the planned epochs on, at a rate that the schedule has not lowered. The rate to try: what leads to r = 10⁻² at first, at most three times that of now or `cautiousRate`.
 */
export const rateTooLow: Rule = {
  name: 'rate-too-low',
  hides: ['class-collapse', 'underfitting', 'plateau'],
  examine(patient) {
    const { epochs, plan } = patient
    const looks = looksToGoBy(patient, LOOKS)
    if (looks === null || (shareDone(patient) < DONE && epochs.length >= LOOKS)) return null
    const rate = plannedRate(patient)
    const now = epochs.at(-1)?.learningRate ?? 0
    if (now < rate / 2) return null
    const ratios = looks.map(ratioAt)
    if (!ratios.every((ratio) => ratio < SLOW)) return null
    const words = symptomOf(patient)
    if (words === null) return null
    const ratio = median(ratios)
    const factor = Math.min(1000, Math.max(3, AIM / ratio))
    // Small steps may be due to small gradients, so no rate far above the usual one comes of them.
    const most = Math.max(3 * rate, cautiousRate(plan.optimizer.type, plan.optimizer.config) ?? 0)
    const lines = patient.layers
      .filter(({ parameters }) => parameters > 0)
      .map(({ name }) => layerLine(patient, name, ({ weights }) => weights?.updateRatio))
    return {
      title: 'Learning rate too low',
      sentence: `${words}: a step moves the weights by ${shown(100 * ratio)} % of themselves, where about 0.1 % is usual.`,
      evidence:
        lines.length === 0
          ? { label: 'Loss', logarithmic: false, lines: lossLines(patient), level: null }
          : { label: 'Update to weight', logarithmic: true, lines, level: { label: 'Usual', value: USUAL } },
      cure: { kind: 'learning-rate', value: rounded(Math.min(most, rate * factor)), anew: false }
    }
  }
}

function symptomOf(patient: Patient): string | null {
  const { plan, epochs } = patient
  const first = nothingLearned(patient)
  const last = epochs.at(-1)?.trainLoss ?? NaN
  const end = endByTrend(patient)
  if (end !== null && end > LEFT * first)
    return `The loss falls, but at this pace it would still be ${shown(end)} after ${plan.epochs} epochs, of ${shown(first)} without learning`
  const reach = Math.max(...lastLooks(patient, epochs.length).map(ratioAt)) * plan.stepsPerEpoch * plan.epochs
  if (!(last > LEFT * first && reach < REACH)) return null
  return `The training loss is ${shown(last)}, of ${shown(first)} without learning, and in all ${plan.epochs} epochs the weights would move by no more than ${shown(100 * reach)} % of themselves`
}

/** The median layer’s ‖Δw‖ / ‖w‖ of a step. */
function ratioAt({ layers }: Look): number {
  return median(layers.flatMap(({ weights }) => weights?.updateRatio ?? []))
}

/** Where the straight line through the last epochs comes to at the planned end; null where none falls clearly, or where there are too few. */
function endByTrend(patient: Patient): number | null {
  if (patient.epochs.length < LOOKS) return null
  const losses = lastLosses(patient, LOOKS)
  const { change, deviation } = trendOf(losses)
  if (!(change < 0) || -change < 2 * deviation) return null
  return (losses.at(-1) ?? NaN) + (change / (LOOKS - 1)) * (patient.plan.epochs - patient.epochs.length)
}
