import type { Patient, Rule } from './patient'
import { firstLoss, lastLosses, lossLines, mean, median, nothingLearned, plannedRate, shown } from './readings'
import { saferRate } from './safer-rate'

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
/** A short run is judged by the last of so many parts of its steps, */
const PARTS = 4
/** of at least so many, */
const LEAST_STEPS = 12
/** which is this many times the first loss. */
const FAR_WORSE = 3
/** A loss that has come to this share of what it was two epochs ago is on its way down. */
const FALLING = 0.7
/** A step's loss this many times the first one threw the network off, */
const THROWN = 4
/** where it is so many times any of the last epochs too: batches of few rows have such losses all the time, */
const UNLIKE_NOW = 3
/** and this share of the first loss is left afterwards. */
const LEFT = 0.6

/**
 * With L₀ the loss of the best constant answer, L₁ that of the first step (at least L₀: a first batch of few rows may have
 * next to none) and L̄ the mean training loss of the last three epochs, one of:
 * - training broke off at numbers beyond all bounds, or each of the three is > 1.2 · L₁, L̄ > 1.2 · min L, and the last is no less than 70 % of
 *   the first of them: the steps lead uphill;
 * - a single step’s loss was above 4 · L₁ and 3 times any of the last three epochs, and still L̄ > 0.6 · L₁ and not falling so: it was thrown
 *   where nothing is learned any more;
 * - the median of the last eight epochs is above 2 · L* and L* + 0.5 · L₀, with L* the lowest loss before them, and the loss
 *   rose at least twice among them: it leaps about a valley;
 * - a run that is settled after less than three epochs: the median loss of its last quarter of at least twelve steps is above 3 · L₁.
 *
 * On a quadratic of curvature λ gradient descent leads uphill from η > 2 / λ on (LeCun et al. 1998, Efficient BackProp,
 * §4.6): the loss grows by a factor at each step then, or leaps where curvature differs. The rate to try next: `saferRate`. A network
 * that leaps about a valley can go on with it; one that was thrown off, or whose leaps lie above L₀, begins anew.
 */
export const rateTooHigh: Rule = {
  name: 'rate-too-high',
  hides: [
    ...['dead-units', 'saturation', 'vanishing-gradients', 'rate-too-low'],
    ...['class-collapse', 'overfitting', 'underfitting', 'plateau']
  ],
  examine(patient) {
    const symptom = symptomOf(patient)
    const value = saferRate(patient.plan.optimizer, patient.steps)
    if (symptom === null || value === null) return null
    const { steps, epochs } = patient
    const perStep = { label: 'Loss of the steps', x: steps.position, y: steps.loss }
    const rate = epochs.at(-1)?.learningRate ?? plannedRate(patient)
    return {
      title: 'Learning rate too high',
      sentence: `At a learning rate of ${shown(rate)} ${symptom.words}.`,
      evidence: {
        label: 'Loss',
        logarithmic: true,
        lines: [thinned(perStep), ...lossLines(patient).slice(0, 1)],
        level: steps.loss.length === 0 ? null : { label: 'First loss', value: firstLoss(patient) }
      },
      cure: { kind: 'learning-rate', value, anew: symptom.spoiled }
    }
  }
}

interface Symptom {
  readonly words: string
  /** Whether what was learned is lost. */
  readonly spoiled: boolean
}

function symptomOf(patient: Patient): Symptom | null {
  const { diverged, epochs, steps, constantLoss } = patient
  const begun = firstLoss(patient)
  const first = Math.max(begun, constantLoss ?? 0)
  const top = largest(steps.loss)
  if (diverged) {
    const words = Number.isFinite(begun) ? `the loss grew from ${shown(begun)}` : 'numbers grew at the first step'
    return { words: `${words} beyond all bounds in epoch ${epochs.length + 1}`, spoiled: true }
  }
  if (epochs.length < EPOCHS) return patient.settled ? earlySymptom(patient, first) : null
  const recent = lastLosses(patient, EPOCHS)
  const now = mean(recent)
  const best = least(epochs.map(({ trainLoss }) => trainLoss ?? Infinity))
  const isFalling = (recent.at(-1) ?? NaN) < FALLING * (recent[0] ?? NaN)
  if (least(recent) > WORSE * first && now > WORSE * best && !isFalling) {
    const words =
      first === begun
        ? `the loss has gone up, from ${shown(first)} to ${shown(now)}`
        : `the loss has come to ${shown(now)}, where a constant answer comes to ${shown(first)}`
    return { words, spoiled: true }
  }
  const ofNow = largest(steps.loss.filter((_, i) => (steps.position[i] ?? 0) > epochs.length - EPOCHS))
  if (top > THROWN * first && top > UNLIKE_NOW * ofNow && now > LEFT * first && !isFalling) {
    const compared =
      first === begun ? `after ${shown(first)} at first` : `where a constant answer comes to ${shown(first)}`
    const words = `one step threw the loss up to ${shown(top)}, and it has stayed at ${shown(now)} since, ${compared}`
    return { words, spoiled: true }
  }
  // A fall that still goes on is no leap: the best must be behind all of them.
  const lowest = least(epochs.slice(0, -LEAP_EPOCHS).map(({ trainLoss }) => trainLoss ?? Infinity))
  const leaps = lastLosses(patient, LEAP_EPOCHS)
  const rises = leaps.filter((loss, i) => i > 0 && loss > (leaps[i - 1] ?? NaN)).length
  const usual = median(leaps)
  if (usual > TIMES_BEST * lowest && usual - lowest > ABOVE_BEST * nothingLearned(patient) && rises >= 2) {
    const words = `the loss leaps about: ${shown(usual)} in the middle of the last ${LEAP_EPOCHS} epochs, after ${shown(lowest)} at best`
    return { words, spoiled: usual > nothingLearned(patient) }
  }
  return null
}

/** Of a run that is over before epochs can be compared. */
function earlySymptom({ steps }: Patient, first: number): Symptom | null {
  const count = steps.loss.length
  if (count < LEAST_STEPS) return null
  const now = median(steps.loss.slice(-Math.floor(count / PARTS)))
  if (!(now > FAR_WORSE * first)) return null
  return {
    words: `the loss has come to ${shown(now)} after ${count} steps, where it began at ${shown(first)}`,
    spoiled: true
  }
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
