import type { Rule } from './patient'
import { lacksCapacity, nothingLearned, lastLosses, lossLines, mean, shareDone, shown, trendOf } from './readings'

const DONE = 0.4
const LEAST_EPOCHS = 15
/** or that share of the planned ones, at most */
const STANDING = 0.6
/** so many. */
const MOST_EPOCHS = 200
/** Of a run that is settled. */
const FEW_EPOCHS = 8
const LEFT = 0.6
/** Share of the loss that it falls by over those epochs where it still goes anywhere, */
const FALLS = 0.03
/** or this share, where that is so many times what epochs are off the line: a slow way is one. */
const CREEPS = 0.005
const CLEAR_OF_NOISE = 3

/**
 * The training loss stands still – over 60 % of the planned epochs, at least 15 and at most 200, its straight line falls by less than 3 % of it, and by less
 * than 0.5 % where epochs scatter around that line by less than a third of the fall – with more than 60 % of L₀ left, from
 * 40 % of the planned epochs on, in a network that has fewer trained numbers than there are training rows (`lacksCapacity`), and gradients that pass (the rules before this one found nothing). A loss that creeps
 * down steadily is not told: networks cross flat stretches so, and fall again. The network comes no nearer even to the rows
 * it is trained on: its capacity is too small for what there is to learn, or the features do not tell it. Goodfellow, Bengio
 * and Courville 2016, §5.2 and §11.3.
 */
export const underfitting: Rule = {
  name: 'underfitting',
  hides: ['plateau'],
  examine(patient) {
    const planned = Math.min(MOST_EPOCHS, Math.max(LEAST_EPOCHS, Math.ceil(STANDING * patient.plan.epochs)))
    // Where nothing more is to come the half that there is has to do.
    const span = patient.settled
      ? Math.max(FEW_EPOCHS, Math.min(planned, Math.ceil(patient.epochs.length / 2)))
      : planned
    if (patient.epochs.length <= span || shareDone(patient) < DONE || !lacksCapacity(patient)) return null
    const first = nothingLearned(patient)
    const losses = lastLosses(patient, span)
    const now = mean(losses)
    const { change, deviation } = trendOf(losses)
    const creeps = -change > CREEPS * now && -change > CLEAR_OF_NOISE * deviation
    if (!(now > LEFT * first && -change < FALLS * now) || creeps) return null
    return {
      title: 'Underfitting',
      sentence: `The training loss stands still at ${shown(now)}, where a constant answer comes to ${shown(first)}: the network comes no nearer even to the rows it is trained on, since it is too small or the features do not tell the answer.`,
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
