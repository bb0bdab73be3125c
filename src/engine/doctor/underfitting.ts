import type { Rule } from './patient'
import { nothingLearned, lastLosses, lossLines, mean, shareDone, shown, trendOf } from './readings'

const DONE = 0.4
const LEAST_EPOCHS = 15
const LEFT = 0.6
/** Share of the loss by which it still falls over those epochs. */
const FALLS = 0.03

/**
 * The training loss stands still – over the last fifteen epochs its straight line falls by less than 3 % of it – with more than 60 % of
 * L₀ left, from 40 % of the planned epochs on, and gradients that pass (the rules before this one found nothing).
 * The network cannot come nearer even to the rows it is trained on: its capacity is too small for what there is to learn, or
 * the features do not tell it. Goodfellow, Bengio and Courville 2016, §5.2 and §11.3.
 */
export const underfitting: Rule = {
  name: 'underfitting',
  hides: ['plateau'],
  examine(patient) {
    if (patient.epochs.length < LEAST_EPOCHS || shareDone(patient) < DONE) return null
    const first = nothingLearned(patient)
    const losses = lastLosses(patient, LEAST_EPOCHS)
    const now = mean(losses)
    const { change } = trendOf(losses)
    if (!(now > LEFT * first && -change < FALLS * now)) return null
    return {
      title: 'Underfitting',
      sentence: `The training loss stands still at ${shown(now)}, where a constant answer comes to ${shown(first)}: the network cannot come nearer even to the rows it is trained on.`,
      evidence: {
        label: 'Loss',
        logarithmic: false,
        lines: lossLines(patient),
        level: { label: 'Nothing learned', value: first }
      },
      cure: { kind: 'wider', factor: 4 }
    }
  }
}
