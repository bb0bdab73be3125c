import { defaultsOf, numberSetting, type Config } from '../fields'
import { optimizerSpecs } from '../optimizers'

/** Steps of a run with the rate of each. */
export interface RatedSteps {
  readonly loss: readonly number[]
  readonly learningRate: readonly number[]
}

/** A step's loss this many times the first one is where the rate became too high. */
const RISE = 4
/** Share of 1 / λ that is safe: one in so many. */
const MARGIN = 5
/** The least that a rate is divided by: Goodfellow, Bengio and Courville 2016, §11.4.1. */
const LEAST_FACTOR = 10

/**
 * The learning rate to begin anew with where one was too high: η / max(10, 5 · (1 + √g)), at most what the optimizer has
 * unless told otherwise (`cautiousRate` where there are no steps to go by), and no less than a tenth of that unless one of those is. η is the largest rate that a step was taken with until a loss was above 4
 * times the first one (of all steps where none was; the planned rate where there are no steps): a rising schedule is cut at the rate that
 * was too high, not at the one it was to come to. g is the largest growth of the loss from one step to the next until there: on a
 * quadratic of curvature λ it is (1 − η·λ)², so that η / (1 + √g) = 1 / λ is the rate that leads to the minimum in one step (LeCun, Bottou, Orr
 * and Müller 1998, Efficient BackProp, §4.6), and a fifth of it leaves room for curvature that differs. Further off from the minimum losses
 * grow faster than those of a quadratic; hence the bounds. One digit. Null where the settings name no rate.
 */
export function saferRate(
  { type, config }: { readonly type: string; readonly config: Config },
  { loss, learningRate }: RatedSteps = { loss: [], learningRate: [] }
): number | null {
  const spec = optimizerSpecs.find((each) => each.type === type)
  const usual = spec === undefined ? null : numberSetting(defaultsOf(spec.fields), 'learningRate')
  const given = config['learningRate'] ?? usual
  if (typeof given !== 'number' || !(given > 0)) return null
  const [first = NaN] = loss
  const rise = loss.findIndex((each) => each > RISE * first)
  const until = rise < 0 ? loss.length : rise + 1
  const taken = learningRate.slice(0, until).reduce((most, rate) => Math.max(most, rate), 0)
  const tooHigh = taken > 0 ? Math.min(taken, given) : given
  const factor = rise < 0 ? LEAST_FACTOR : Math.max(LEAST_FACTOR, MARGIN * (1 + Math.sqrt(growthAbout(loss, rise))))
  const cap = loss.length === 0 ? cautiousRate(type, config) : usual
  const most = Math.min(tooHigh / LEAST_FACTOR, cap ?? Infinity)
  const least = Math.min(most, (usual ?? 0) / LEAST_FACTOR)
  return rounded(Math.min(most, Math.max(least, tooHigh / factor)))
}

function growthAbout(loss: readonly number[], rise: number): number {
  const growths = loss.slice(1, rise + 1).map((each, i) => each / (loss[i] ?? NaN))
  return growths.filter(Number.isFinite).reduce((most, growth) => Math.max(most, growth), 1)
}

/** To one significant digit. */
export function rounded(value: number): number {
  return Number(value.toPrecision(1))
}

/**
 * η₀ · (1 − μ) with the rate η₀ that the optimizer has unless told otherwise and its momentum μ: steps along a steady slope come
 * to η / (1 − μ) times the gradient (Goodfellow, Bengio and Courville 2016, §8.3.2). Null for an optimizer that nobody knows.
 */
export function cautiousRate(type: string, config: Config): number | null {
  const usual = defaultsOf(optimizerSpecs.find((each) => each.type === type)?.fields ?? [])
  const { learningRate, momentum = 0 } = { ...usual, ...config, learningRate: usual['learningRate'] }
  return typeof learningRate === 'number' && typeof momentum === 'number' ? learningRate * (1 - momentum) : null
}
