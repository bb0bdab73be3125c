import type { Rule } from './patient'
import {
  nothingLearned,
  hiddenLayers,
  looksToGoBy,
  lastLosses,
  layerLine,
  lowerRate,
  mean,
  percent,
  statisticsOf,
  stuckBySteps,
  suitedWeights,
  type Look,
  leftOf
} from './readings'

const LOOKS = 3
const SHARE = 0.6
/** One that is sure may be right to be so. */
const LEAST_UNITS = 4
/** Share of L₀ that must be gone for all to be well: a network that has learned may be as sure as it likes. */
const LEARNED = 0.4

/**
 * At least 60 % of what a hidden tanh or sigmoid layer of four and more units answers lies in the flat ends (|tanh| > 0.99; sigmoid below 0.01 or
 * above 0.99), at each of the last three looks, while more than 40 % of L₀ is left. The derivative is below a
 * twenty-fifth of its largest value there, so that next to no gradient passes: LeCun et al. 1998, Efficient BackProp, §4.4; Glorot and
 * Bengio 2010, Understanding the difficulty of training deep feedforward neural networks, §3.
 *
 * Where large steps have driven them there the cure is a lower rate; where they were there from the first weights on, other first weights,
 * or an activation that has no flat end.
 */
export const saturation: Rule = {
  name: 'saturation',
  hides: ['vanishing-gradients', 'rate-too-low', 'class-collapse', 'underfitting', 'plateau'],
  examine(patient) {
    const looks = looksToGoBy(patient, LOOKS)
    if (looks === null) return null
    const left = mean(lastLosses(patient, LOOKS)) / nothingLearned(patient)
    if (!(left > LEARNED)) return null
    const found = hiddenLayers(patient)
      .filter(({ units }) => units >= LEAST_UNITS)
      .map((layer) => ({
        ...layer,
        share: Math.min(...looks.map((look) => statisticsOf(look, layer.name)?.activations.saturated ?? 0))
      }))
      .filter(({ share }) => share >= SHARE)
    const worst = found.reduce((a, b) => (b.share > a.share ? b : a), { name: '', share: 0 })
    if (found.length === 0) return null
    const shareOf = (look: Look) => statisticsOf(look, worst.name)?.activations.saturated ?? 0
    const isDueToSteps = stuckBySteps(patient, shareOf)
    const cause = isDueToSteps ? lowerRate(patient) : suitedWeights(found)
    const why = isDueToSteps ? ' Steps that were too large have brought it there.' : ''
    const names = found.map(({ name }) => name)
    return {
      title: 'Saturated units',
      sentence: `${percent(worst.share)} of what "${worst.name}" answers lies in the flat ends of its activation, where next to no gradient passes, and ${leftOf(left)}.${why}`,
      evidence: {
        label: 'Share in the flat ends',
        logarithmic: false,
        lines: names.map((name) => layerLine(patient, name, ({ activations }) => activations.saturated)),
        level: { label: percent(SHARE), value: SHARE }
      },
      cure: cause ?? { kind: 'activation', layers: names, to: 'relu' }
    }
  }
}
