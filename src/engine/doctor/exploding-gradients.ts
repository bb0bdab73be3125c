import { numberSetting } from '../fields'
import type { Cure, Finding, Patient, Rule } from './patient'
import {
  firstLoss,
  lastLosses,
  layerLine,
  looksToGoBy,
  lossLines,
  mean,
  shown,
  statisticsOf,
  suitedWeights,
  type Look
} from './readings'

/** As many as a rule needs that may name the cause. */
const LOOKS = 3
/** ‖∂L/∂w‖ of a layer against ‖w‖: healthy networks were seen at up to 1.4. */
const LARGE = 30
/** What PyTorch's tutorials and Pascanu et al. take for a first bound. */
const BOUND = 1
/** A first loss so many times that of a constant answer: healthy networks were seen at up to 6. */
const FAR_OFF = 30
/** A step's loss this many times the first one: what has exploded since is due to the rate. */
const THROWN = 4
/** Share of L₀ that must be gone for all to be well. */
const LEARNED = 0.6

/**
 * One of:
 * - the loss of the first weights, before any step, is above 30 · L₀, and training broke off or, after three epochs, has more
 *   than 60 % of L₀ left: what the network answers has grown from layer to layer, and so does the gradient on its way back;
 * - ‖∂L/∂w‖₂ > 30 · ‖w‖₂ for a layer at the last three looks, while no step threw the loss above 4 · L₁: a step of rate 0.03 would
 *   move its weights by more than their own size.
 *
 * None is told where the gradient is bounded already. Backpropagation multiplies by the weights of each layer it passes, so that the
 * gradient grows by a factor from layer to layer where those are large: Hochreiter 1991; Pascanu, Mikolov and Bengio 2013, On
 * the difficulty of training recurrent neural networks. The cure are first weights that keep sizes from layer to layer, where somebody
 * chose others (Glorot and Bengio 2010; He et al. 2015); else the bound of Pascanu et al.: the gradient as a whole cut to a length.
 */
export const explodingGradients: Rule = {
  name: 'exploding-gradients',
  hides: [
    ...['rate-too-high', 'dead-units', 'saturation', 'rate-too-low', 'vanishing-gradients'],
    ...['class-collapse', 'underfitting', 'plateau']
  ],
  examine(patient) {
    if (numberSetting(patient.plan.regularization, 'clipNorm') > 0) return null
    return farOff(patient) ?? steep(patient)
  }
}

type Told = Omit<Finding, 'rule'>

function farOff(patient: Patient): Told | null {
  const { constantLoss, diverged, epochs } = patient
  const first = firstLoss(patient)
  if (constantLoss === null || !(first > FAR_OFF * constantLoss)) return null
  const isUnlearned = epochs.length >= LOOKS && mean(lastLosses(patient, LOOKS)) > LEARNED * constantLoss
  // Where the weights are nobody's choice of an initializer, a bound helps a run that broke off alone.
  if (!diverged && !(isUnlearned && suitedWeights(patient.layers) !== null)) return null
  return {
    title: 'Exploding gradients',
    sentence: `The first weights answer so far off that the loss began at ${shown(first)}, where a constant answer comes to ${shown(constantLoss)}: sizes grow from layer to layer, and gradients with them.`,
    evidence: {
      label: 'Loss',
      logarithmic: true,
      lines: [{ label: 'First loss', x: [0], y: [first] }, ...lossLines(patient).slice(0, 1)],
      level: { label: 'Constant answer', value: constantLoss }
    },
    cure: cureOf(patient)
  }
}

function steep(patient: Patient): Told | null {
  const looks = looksToGoBy(patient, LOOKS)
  const first = firstLoss(patient)
  if (looks === null || patient.steps.loss.some((loss) => loss > THROWN * first)) return null
  const ratioAt = (look: Look, layer: string) => {
    const weights = statisticsOf(look, layer)?.weights
    return weights == null || weights.norm === 0 ? 0 : weights.gradientNorm / weights.norm
  }
  const found = patient.layers
    .map(({ name }) => ({ name, ratio: Math.min(...looks.map((look) => ratioAt(look, name))) }))
    .reduce((a, b) => (b.ratio > a.ratio ? b : a), { name: '', ratio: 0 })
  if (!(found.ratio > LARGE)) return null
  const lines = patient.layers
    .filter(({ parameters }) => parameters > 0)
    .map(({ name }) => layerLine(patient, name, ({ weights }) => weights?.gradientNorm))
  return {
    title: 'Exploding gradients',
    sentence: `The gradient of "${found.name}" is ${shown(found.ratio)} times as long as its weights themselves, where 1 is much.`,
    evidence: { label: 'Gradient norm', logarithmic: true, lines, level: { label: 'Bound', value: BOUND } },
    cure: cureOf(patient)
  }
}

function cureOf({ layers }: Patient): Cure {
  return suitedWeights(layers) ?? { kind: 'gradient-norm-clip', value: BOUND }
}
