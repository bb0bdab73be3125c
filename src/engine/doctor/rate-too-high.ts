import type { Patient, Rule } from './patient'
import { firstLoss, lastLosses, lossLines, mean, median, nothingLearned, plannedRate, shown } from './readings'

/** Epochs that are looked at together: one that is bad says little, */
const EPOCHS = 3
/** and leaps take longer to tell from a bad stretch. */
const LEAP_EPOCHS = 8
/** How much of the first loss it may be above its best, */
const ABOVE_BEST = 0.5
/** and how many times its best. */
const TIMES_BEST = 2
/** A loss this many times the first one is worse than nothing learned. */
const WORSE = 1.2
/** A step's loss this many times the first one threw the network off, */
const THROWN = 4
/** where it is so many times any of the last epochs too: batches of few rows have such losses all the time, */
const UNLIKE_NOW = 3
/** and this share of the first loss is left afterwards. */
const LEFT = 0.6

/**
 * With L₀ the loss of the best constant answer, L₁ that of the first step (at least L₀: a first batch of few rows may have
 * next to none) and L̄ the mean training loss of the last three epochs, one of:
 * - training broke off at a number that is none, or L̄ > 1.2 · L₁ and L̄ > 1.2 · min L: the steps lead uphill;
 * - a single step’s loss was above 4 · L₁ and 3 times any of the last three epochs, and still L̄ > 0.6 · L₁: it was thrown
 *   where nothing is learned any more;
 * - the median of the last eight epochs is above 2 · L* and L* + 0.5 · L₀, with L* the lowest loss before them, and the loss
 *   rose at least twice among them: it leaps about a valley.
 *
 * On a quadratic of curvature λ gradient descent leads uphill from η > 2 / λ on (LeCun et al. 1998, Efficient BackProp,
 * §4.6): the loss grows by a factor at each step then, or leaps where curvature differs. A tenth of the rate is the
 * usual next one to try (Goodfellow, Bengio and Courville 2016, §11.4.1).
 */
export const rateTooHigh: Rule = {
  name: 'rate-too-high',
  hides: [
    ...['exploding-gradients', 'dead-units', 'saturation', 'vanishing-gradients', 'rate-too-low'],
    ...['class-collapse', 'overfitting', 'underfitting', 'plateau']
  ],
  examine(patient) {
    const symptom = symptomOf(patient)
    if (symptom === null) return null
    const { steps, epochs } = patient
    const perStep = { label: 'Loss of the steps', x: steps.position, y: steps.loss }
    const rate = epochs.at(-1)?.learningRate ?? plannedRate(patient)
    return {
      title: 'Learning rate too high',
      sentence: `At a learning rate of ${shown(rate)} ${symptom}.`,
      evidence: {
        label: 'Loss',
        logarithmic: true,
        lines: [thinned(perStep), ...lossLines(patient).slice(0, 1)],
        level: { label: 'First loss', value: firstLoss(patient) }
      },
      cure: { kind: 'learning-rate', value: plannedRate(patient) / 10 }
    }
  }
}

function symptomOf(patient: Patient): string | null {
  const { diverged, epochs, steps, constantLoss } = patient
  const begun = firstLoss(patient)
  const first = Math.max(begun, constantLoss ?? 0)
  const top = largest(steps.loss)
  if (diverged) return `the loss went from ${shown(begun)} to numbers that are none in epoch ${epochs.length + 1}`
  if (epochs.length < EPOCHS) return null
  const now = mean(lastLosses(patient, EPOCHS))
  const best = least(epochs.map(({ trainLoss }) => trainLoss ?? Infinity))
  if (now > WORSE * first && now > WORSE * best) {
    return first === begun
      ? `the loss has gone up, from ${shown(first)} to ${shown(now)}`
      : `the loss has come to ${shown(now)}, where a constant answer comes to ${shown(first)}`
  }
  const ofNow = largest(steps.loss.filter((_, i) => (steps.position[i] ?? 0) > epochs.length - EPOCHS))
  if (top > THROWN * first && top > UNLIKE_NOW * ofNow && now > LEFT * first) {
    const compared =
      first === begun ? `after ${shown(first)} at first` : `where a constant answer comes to ${shown(first)}`
    return `one step threw the loss up to ${shown(top)}, and it has stayed at ${shown(now)} since, ${compared}`
  }
  // A fall that still goes on is no leap: the best must be behind all of them.
  const lowest = least(epochs.slice(0, -LEAP_EPOCHS).map(({ trainLoss }) => trainLoss ?? Infinity))
  const leaps = lastLosses(patient, LEAP_EPOCHS)
  const rises = leaps.filter((loss, i) => i > 0 && loss > (leaps[i - 1] ?? NaN)).length
  const usual = median(leaps)
  if (usual > TIMES_BEST * lowest && usual - lowest > ABOVE_BEST * nothingLearned(patient) && rises >= 2) {
    return `the loss leaps about: ${shown(usual)} in the middle of the last ${LEAP_EPOCHS} epochs, after ${shown(lowest)} at best`
  }
  return null
}

/** The extremes of equal stretches: a spike is what is to be seen. */
function thinned(line: { label: string; x: readonly number[]; y: readonly number[] }) {
  const every = Math.max(1, Math.ceil(line.y.length / 120))
  const kept = Array.from({ length: Math.ceil(line.y.length / every) }, (_, i) => {
    const stretch = line.y.slice(i * every, (i + 1) * every)
    return i * every + stretch.indexOf(largest(stretch))
  })
  const finite = kept.filter((i) => Number.isFinite(line.y[i]))
  return { label: line.label, x: finite.map((i) => line.x[i] ?? NaN), y: finite.map((i) => line.y[i] ?? NaN) }
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => (value > most ? value : most), -Infinity)
}

function least(values: readonly number[]): number {
  return values.reduce((low, value) => (value < low ? value : low), Infinity)
}
