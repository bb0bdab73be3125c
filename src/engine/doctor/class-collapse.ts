import type { Rule } from './patient'
import { lastLosses, lossLines, mean, percent, shareDone, trendOf } from './readings'

const DONE = 0.3
const LEAST_EPOCHS = 10
/** Of a run that is settled. */
const FEW_EPOCHS = 4
/** Share of the loss that it falls by over those epochs where it is still on its way. */
const FALLS = 0.02
/** Share of the answers that go to one class, */
const COLLAPSED = 0.98
/** though no more rows than this are of it. */
const OF_IT = 0.95
/** How many times as many rows the most frequent class must have for weights to be of use. */
const UNEVEN = 3

/**
 * At least 98 % of the answers are one class though at most 95 % of the training rows are of it, from the tenth epoch and 30 % of
 * the planned ones on. Where one class has over three times the rows of another, always answering it is what lowers the mean
 * loss first (Japkowicz and Stephen 2002, The class imbalance problem): rare classes then need more weight (King and Zeng 2001). Where
 * classes are even nothing is told: `underfitting` tells a network that is too small. A loss that
 * still falls, by over 2 % in those epochs, is on its way.
 */
export const classCollapse: Rule = {
  name: 'class-collapse',
  hides: ['underfitting', 'plateau'],
  examine(patient) {
    const { classes, epochs, plan } = patient
    if (classes === null || classes.answers === null) return null
    const least = patient.settled ? FEW_EPOCHS : LEAST_EPOCHS
    if (epochs.length < least || shareDone(patient) < DONE) return null
    const losses = lastLosses(patient, LEAST_EPOCHS)
    if (-trendOf(losses).change > FALLS * mean(losses)) return null
    const answered = sum(classes.answers)
    const rows = sum(classes.targets)
    const chosen = classes.answers.reduce((most, count, k) => (count > (classes.answers?.[most] ?? 0) ? k : most), 0)
    const share = (classes.answers[chosen] ?? 0) / answered
    const real = (classes.targets[chosen] ?? 0) / rows
    if (!(share >= COLLAPSED && real <= OF_IT)) return null
    const present = classes.targets.filter((count) => count > 0)
    const uneven = Math.max(...present) / Math.min(...present) > UNEVEN && !plan.weighsClasses
    if (!uneven) return null
    return {
      title: 'One answer for all',
      sentence: `The network answers "${classes.names[chosen] ?? ''}" to ${percent(share)} of the rows, though ${percent(real)} are of that class.`,
      evidence: { label: 'Loss', logarithmic: false, lines: lossLines(patient), level: null },
      cure: { kind: 'class-weights' }
    }
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
