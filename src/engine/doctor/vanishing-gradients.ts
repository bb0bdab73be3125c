import type { Patient, Rule } from './patient'
import {
  nothingLearned,
  hiddenLayers,
  looksToGoBy,
  lastLosses,
  layerLine,
  mean,
  shown,
  SQUASHING,
  statisticsOf,
  type Look,
  leftOf
} from './readings'

const LOOKS = 3
const SHARE = 1e-3
/** Layers with weights from which on depth is what makes gradients small. */
const LEAST_LAYERS = 4
const LEARNED = 0.6

/**
 * gᵢ = ‖∂L/∂wᵢ‖₂ / ‖wᵢ‖₂ of the first layer with weights is below a thousandth of the largest, in a network of four and more such
 * layers, at each of the last three looks, while more than 60 % of L₀ is left. Backpropagation multiplies by f′ and by
 * the weights of each layer it passes; where those products are below 1 the gradient falls geometrically on its way
 * to the input (sigmoid: f′ ≤ ¼). Hochreiter 1991; Bengio, Simard and Frasconi 1994; Glorot and Bengio 2010. The cure is an
 * activation with derivative 1 at 0 (tanh for sigmoid: Glorot and Bengio 2010), or throughout (Glorot, Bordes and Bengio 2011), or, where there is one, first weights drawn for it (He et al. 2015).
 */
export const vanishingGradients: Rule = {
  name: 'vanishing-gradients',
  hides: ['rate-too-low', 'class-collapse', 'underfitting', 'plateau'],
  examine(patient) {
    const looks = looksToGoBy(patient, LOOKS)
    const trained = patient.layers.filter(({ parameters }) => parameters > 0)
    const [first] = trained
    if (looks === null || first === undefined || trained.length < LEAST_LAYERS) return null
    const left = mean(lastLosses(patient, LOOKS)) / nothingLearned(patient)
    if (!(left > LEARNED)) return null
    const names = trained.map(({ name }) => name)
    const shares = looks.map(
      (look) => relative(look, first.name) / Math.max(...names.map((name) => relative(look, name)))
    )
    const share = Math.max(...shares)
    if (!(share < SHARE)) return null
    const squashing = hiddenLayers(patient).filter(({ activation }) => SQUASHING.includes(activation ?? ''))
    return {
      title: 'Vanishing gradients',
      sentence: `Beside its weights, the gradient of "${first.name}" is ${times(share)} of the largest among ${trained.length} layers: it dies out on its way from the output, and ${leftOf(left)}.`,
      evidence: {
        label: 'Gradient norm',
        logarithmic: true,
        lines: ends(names).map((name) => layerLine(patient, name, ({ weights }) => weights?.gradientNorm)),
        level: null
      },
      cure: cureOf(
        patient,
        squashing.map(({ name }) => name)
      )
    }
  }
}

function relative(look: Look, layer: string): number {
  const weights = statisticsOf(look, layer)?.weights
  return weights == null || weights.norm === 0 ? 0 : weights.gradientNorm / weights.norm
}

function cureOf(patient: Patient, squashing: readonly string[]) {
  // Tanh passes whole what is near 0 (tanh′ ≤ 1) and bears the same rate; relu of so many layers often does not.
  const to = patient.layers.some(({ activation }) => activation === 'sigmoid' || activation === 'softmax')
    ? 'tanh'
    : 'relu'
  if (squashing.length > 0) return { kind: 'activation', layers: squashing, to } as const
  const drawn = hiddenLayers(patient).filter(({ parameters, activation }) => parameters > 0 && activation !== null)
  return { kind: 'initializer', layers: drawn.map(({ name }) => name), to: 'he-normal' } as const
}

/** "1/3200" of something. */
function times(share: number): string {
  return share === 0 ? 'nothing' : `1/${shown(1 / share)}`
}

/** The first and the last two: enough to see it. */
function ends(names: readonly string[]): readonly string[] {
  return names.length <= 4 ? names : [...names.slice(0, 2), ...names.slice(-2)]
}
