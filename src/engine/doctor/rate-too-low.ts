import { defaultsOf, numberSetting } from '../fields'
import { optimizerSpecs } from '../optimizers'
import type { Patient, Rule } from './patient'
import {
  nothingLearned,
  lastLooks,
  lastLosses,
  layerLine,
  lossLines,
  median,
  plannedRate,
  shareDone,
  shown,
  trendOf
} from './readings'

const LOOKS = 5
/** Share of the planned epochs after which it is told, and epochs. */
const DONE = 0.1
/** Of the first loss, what would be left at the planned end. */
const LEFT = 0.5
/** A step moves weights by this share of themselves in networks that learn well. */
const USUAL = 1e-3
const SLOW = 3e-4

/**
 * The loss falls, steadily, but so slowly that along its present straight line more than half of L₀ is left at
 * the last planned epoch; and the median layer's ‖Δw‖ / ‖w‖ of a step is below 3·10⁻⁴ at each of the last five looks, where
 * about 10⁻³ is usual (Karpathy 2015, CS231n, Babysitting the learning process: ratio of updates to weights). Told from
 * a tenth of the planned epochs on, at a rate that the schedule has not lowered.
 */
export const rateTooLow: Rule = {
  name: 'rate-too-low',
  hides: ['class-collapse', 'underfitting', 'plateau'],
  examine(patient) {
    const { epochs, plan } = patient
    const looks = lastLooks(patient, LOOKS)
    if (looks.length < LOOKS || shareDone(patient) < DONE) return null
    const rate = plannedRate(patient)
    const now = epochs.at(-1)?.learningRate ?? 0
    if (now < rate / 2) return null
    const ratios = looks.map(({ layers }) => median(layers.flatMap(({ weights }) => weights?.updateRatio ?? [])))
    if (!ratios.every((ratio) => ratio < SLOW)) return null
    const first = nothingLearned(patient)
    const losses = lastLosses(patient, LOOKS)
    const { change, deviation } = trendOf(losses)
    const last = losses.at(-1) ?? NaN
    if (!(change < 0) || -change < 2 * deviation) return null
    const end = last + (change / (LOOKS - 1)) * (plan.epochs - epochs.length)
    if (!(end > LEFT * first)) return null
    const ratio = median(ratios)
    const factor = Math.min(1000, Math.max(3, USUAL / ratio))
    // Small steps may be due to small gradients, so no rate far above the usual one comes of them.
    const most = Math.max(3 * rate, usualRateOf(patient))
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
      cure: { kind: 'learning-rate', value: rounded(Math.min(most, rate * factor)) }
    }
  }
}

/** What its optimizer has unless told otherwise. */
function usualRateOf({ plan }: Patient): number {
  const fields = optimizerSpecs.find(({ type }) => type === plan.optimizer.type)?.fields ?? []
  return numberSetting(defaultsOf(fields), 'learningRate')
}

/** To one significant digit. */
function rounded(value: number): number {
  return Number(value.toPrecision(1))
}
