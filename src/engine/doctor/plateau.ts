import type { Rule } from './patient'
import { nothingLearned, lastLosses, lossLines, mean, percent, shareDone, shown, trendOf } from './readings'

const EPOCHS = 30
const DONE = 0.5
/** Of the first loss: below it there is little left to win. */
const LEFT = 0.15
/** The line through those epochs falls by less than this share of the loss, */
const FALLS = 0.05
/** while each epoch is off that line by more than this share. */
const SCATTER = 0.1

/**
 * Over the last thirty epochs the training loss falls by less than 5 % along its straight line, but scatters around it by more than 10 %,
 * with more than 15 % of L₀ left, at a rate that no schedule lowers. With a constant rate, stochastic gradient
 * descent ends in a ball around the minimum whose size grows with the rate; a falling rate leads into it (Robbins and Monro
 * 1951; Bottou, Curtis and Nocedal 2018, Optimization methods for large-scale machine learning, §4.2). A loss that stands still
 * without scatter has come to where it can, and is not told.
 */
export const plateau: Rule = {
  name: 'plateau',
  hides: [],
  examine(patient) {
    const { epochs, plan } = patient
    if (epochs.length < EPOCHS || shareDone(patient) < DONE || plan.schedule !== 'constant') return null
    const losses = lastLosses(patient, EPOCHS)
    const now = mean(losses)
    const { change, deviation } = trendOf(losses)
    const scatter = deviation / now
    if (!(now > LEFT * nothingLearned(patient) && -change < FALLS * now && scatter > SCATTER)) return null
    return {
      title: 'Plateau',
      sentence: `For ${EPOCHS} epochs the training loss has stayed about ${shown(now)} and scatters by ${percent(scatter)} from epoch to epoch: at a constant rate the steps leap over what is left to win.`,
      evidence: { label: 'Loss', logarithmic: false, lines: lossLines(patient), level: { label: 'Mean', value: now } },
      cure: {
        kind: 'schedule',
        type: 'plateau',
        config: { plateauPatience: 10, plateauFactor: 0.3, plateauThreshold: 1e-4, plateauCooldown: 0, leastShare: 0 }
      }
    }
  }
}
