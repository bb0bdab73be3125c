import type { Rule } from './patient'
import {
  hiddenLayers,
  looksToGoBy,
  lastLosses,
  layerLine,
  listed,
  lowerRate,
  mean,
  nothingLearned,
  percent,
  statisticsOf,
  stuckBySteps,
  suitedWeights,
  type Look
} from './readings'

const LOOKS = 3
/** Healthy runs of small networks were seen with up to 38 % in a layer, and learned. */
const SHARE = 0.75
const LEAST_UNITS = 4
/** Share of L₀ that must be gone for all to be well: the units that are left have learned it all the same. */
const LEARNED = 0.1

/**
 * At least 75 % of a hidden layer's ReLU units (of four and more) are exactly 0 for every row looked at, at each of the last
 * three looks, while more than 10 % of L₀ is left. Such a unit has derivative 0 everywhere it is asked, so no gradient reaches its weights and it stays so: Maas, Hannun and
 * Ng 2013, Rectifier nonlinearities improve neural network acoustic models, whose leaky ReLU lets some through; Lu et al.
 * 2019, Dying ReLU and initialization.
 *
 * Units that a large step has thrown there would be thrown again: the cure is a lower rate. Those that never answered are
 * due to their first weights, which are drawn anew where somebody chose them; else leaky ReLU.
 */
export const deadUnits: Rule = {
  name: 'dead-units',
  hides: ['vanishing-gradients', 'rate-too-low', 'class-collapse', 'underfitting', 'plateau'],
  examine(patient) {
    const looks = looksToGoBy(patient, LOOKS)
    if (looks === null) return null
    if (!(mean(lastLosses(patient, LOOKS)) > LEARNED * nothingLearned(patient))) return null
    const shareOf = (name: string) => Math.min(...looks.map((look) => statisticsOf(look, name)?.activations.dead ?? 0))
    const found = hiddenLayers(patient)
      .filter(({ units }) => units >= LEAST_UNITS)
      .map((layer) => ({ ...layer, share: shareOf(layer.name) }))
      .filter(({ share }) => share >= SHARE)
    const worst = found.reduce((a, b) => (b.share > a.share ? b : a), { name: '', units: 0, share: 0 })
    if (found.length === 0) return null
    const deadOf = (look: Look) => statisticsOf(look, worst.name)?.activations.dead ?? 0
    const isDueToSteps = stuckBySteps(patient, deadOf)
    const cause = isDueToSteps ? lowerRate(patient) : suitedWeights(found)
    const why = isDueToSteps ? ' Steps that were too large have brought them there.' : ''
    const names = found.map(({ name }) => name)
    const more =
      found.length === 1 ? '' : ` (and as good as all of ${listed(names.filter((name) => name !== worst.name))})`
    const last = looks.at(-1)?.epoch ?? 0
    return {
      title: 'Dead ReLU units',
      sentence: `${Math.round(worst.share * worst.units)} of the ${worst.units} units of "${worst.name}"${more} have answered 0 to every row since epoch ${looks[0]?.epoch ?? last}: no gradient reaches them, they learn no more.${why}`,
      evidence: {
        label: 'Share of dead units',
        logarithmic: false,
        lines: names.map((name) => layerLine(patient, name, ({ activations }) => activations.dead)),
        level: { label: percent(SHARE), value: SHARE }
      },
      cure: cause ?? { kind: 'activation', layers: names, to: 'leaky-relu' }
    }
  }
}
