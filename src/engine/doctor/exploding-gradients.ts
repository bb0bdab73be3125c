import { numberSetting } from '../fields'
import type { Rule } from './patient'
import { lastLooks, layerLine, shown, statisticsOf, type Look } from './readings'

/** As many as a rule needs that may name the cause. */
const LOOKS = 3
/** ‖∂L/∂w‖ of a layer against ‖w‖: healthy networks were seen at up to 1.4. */
const LARGE = 30
/** What PyTorch's tutorials and Pascanu et al. take for a first bound. */
const BOUND = 1

/**
 * ‖∂L/∂w‖₂ > 30 · ‖w‖₂ for a layer at the last three looks, without a bound on gradients: a step of rate 0.03 would move its
 * weights by more than their own size. Backpropagation multiplies by the weights of each layer it passes, so that the
 * gradient grows by a factor from layer to layer where those are large: Hochreiter 1991; Pascanu, Mikolov and Bengio 2013, On
 * the difficulty of training recurrent neural networks, whose cure this is: the gradient as a whole cut to a length.
 */
export const explodingGradients: Rule = {
  name: 'exploding-gradients',
  hides: ['saturation', 'rate-too-low', 'vanishing-gradients', 'class-collapse', 'underfitting', 'plateau'],
  examine(patient) {
    if (numberSetting(patient.plan.regularization, 'clipNorm') > 0) return null
    const looks = lastLooks(patient, LOOKS)
    if (looks.length < LOOKS) return null
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
      cure: { kind: 'gradient-norm-clip', value: BOUND }
    }
  }
}
