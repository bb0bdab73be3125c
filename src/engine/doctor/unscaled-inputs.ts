import type { Rule } from './patient'
import { nothingLearned, lastLosses, lossLines, mean, shown, leftOf } from './readings'

/** Epochs that a network has to show that it can learn all the same. */
const EPOCHS = 3
/** Size of a feature from which on it is out of what first weights are made for, */
const LARGE = 10
/** and how many times one feature may be as wide as another. */
const UNEVEN = 100
/** Share of L₀ that must be gone for all to be well. */
const LEARNED = 0.35

/**
 * Features go in as they stand, √(meanᵢ² + deviationᵢ²) > 10 for some feature, or the widest deviates over 100 times as much as
 * the narrowest that deviates at all; and after three epochs more than 35 % of L₀ is left (or training broke
 * off; or, of a run that is settled before, nothing is learned). First weights are drawn for inputs of about 1 (Glorot and Bengio 2010), and the curvature along each weight grows
 * with the square of its input, so that one rate suits none of them: LeCun, Bottou, Orr and Müller 1998, Efficient BackProp, §4.3.
 */
export const unscaledInputs: Rule = {
  name: 'unscaled-inputs',
  hides: [
    ...['rate-too-high', 'rate-too-low', 'exploding-gradients', 'dead-units', 'saturation', 'vanishing-gradients'],
    ...['class-collapse', 'underfitting', 'plateau']
  ],
  examine(patient) {
    const { inputs, epochs, diverged, settled } = patient
    if (inputs === null || inputs.prepared) return null
    const isShort = epochs.length < EPOCHS
    if (isShort && !diverged && !(settled && epochs.length > 0)) return null
    const left = mean(lastLosses(patient, EPOCHS)) / nothingLearned(patient)
    if (!diverged && !(left > (isShort ? 1 : LEARNED))) return null
    const sizes = inputs.features.map(({ name, mean, deviation }) => ({ name, size: Math.hypot(mean, deviation) }))
    const largest = sizes.reduce((a, b) => (b.size > a.size ? b : a), { name: '', size: 0 })
    const widths = inputs.features.map(({ deviation }) => deviation).filter((deviation) => deviation > 0)
    const uneven = Math.max(...widths) / Math.min(...widths)
    if (!(largest.size > LARGE) && !(uneven > UNEVEN)) return null
    const what =
      largest.size > LARGE
        ? `"${largest.name}" has numbers of about ${shown(largest.size)}, where a network’s first weights are made for about 1`
        : `one feature varies ${shown(uneven)} times as much as another, so that no rate suits both`
    const state = diverged ? 'training broke off' : leftOf(left)
    return {
      title: 'Inputs are not scaled',
      sentence: `The features go in as they stand: ${what}, and ${state} after ${epochs.length} epochs.`,
      evidence: { label: 'Loss', logarithmic: true, lines: lossLines(patient), level: null },
      cure: { kind: 'prepare' }
    }
  }
}
