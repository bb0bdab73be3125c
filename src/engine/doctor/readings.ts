/** What several rules read off a patient. */
import { numberSetting } from '../fields'
import type { LayerNode } from '../spec'
import type { LayerStatistics } from '../train/events'
import type { Cure, Evidence, Patient, PatientEpoch, PatientLayer } from './patient'
import { saferRate } from './safer-rate'

/** What `initializer` is where nobody chose. */
const AUTO = 'auto'
/** Points of a line of evidence: a small chart shows no more. */
const MOST_POINTS = 120

/** Loss of the first step, before it was taken: that of the first weights on one batch. NaN where there was no step. */
export function firstLoss({ steps, epochs }: Patient): number {
  const [first] = steps.loss
  return first ?? epochs[0]?.trainLoss ?? NaN
}

/**
 * L₀: the loss of the best constant answer, or that of the first weights where it is not known. Every finding about a loss is
 * in shares of it, so that no rule needs to know the loss or its units.
 */
export function nothingLearned(patient: Patient): number {
  return patient.constantLoss ?? firstLoss(patient)
}

/** Training losses of the last so many epochs, or of fewer where there are no more. */
export function lastLosses({ epochs }: Patient, count: number): readonly number[] {
  return epochs.slice(-count).map(({ trainLoss }) => trainLoss ?? NaN)
}

/**
 * The last so many looks at the layers, the last one last; of a run that is settled as many as there are. Null where there are
 * too few to go by.
 */
export function looksToGoBy(patient: Patient, count: number): readonly Look[] | null {
  const looks = lastLooks(patient, count)
  return looks.length >= (patient.settled ? 1 : count) ? looks : null
}

/** The last so many looks, or fewer where there are no more. */
export function lastLooks({ epochs }: Patient, count: number): readonly Look[] {
  const looks: Look[] = []
  for (let i = epochs.length - 1; i >= 0 && looks.length < count; i--) {
    const each = epochs[i]
    if (each?.layers != null) looks.unshift({ epoch: each.epoch, layers: each.layers })
  }
  return looks
}

export interface Look {
  readonly epoch: number
  readonly layers: readonly LayerStatistics[]
}

/** A step's loss this many times another one is none of the kind. */
const THROWN = 3
/** The last of so many parts of the steps says what losses are now. */
const PARTS = 4
/** Share of a layer's units that may get stuck in training by themselves. */
const GROWN = 0.25
/** A step that moves a layer's weights by this share of themselves is large; about 10⁻³ is usual. */
const LARGE_STEP = 0.05

/**
 * Whether units were brought to where they are stuck by steps that were too large: some step threw the loss up, the share of them has grown by a quarter since
 * the first look, or a step moved the weights of some layer by a twentieth of themselves at that look. Else they were so from the first weights on.
 */
export function stuckBySteps(patient: Patient, shareOf: (look: Look) => number): boolean {
  if (wasThrownUp(patient)) return true
  const looks = lastLooks(patient, patient.epochs.length)
  const [first, last] = [looks[0], looks.at(-1)]
  if (first === undefined || last === undefined) return false
  const largest = Math.max(...first.layers.map(({ weights }) => weights?.updateRatio ?? 0))
  return largest > LARGE_STEP || shareOf(last) - shareOf(first) > GROWN
}

/**
 * Whether the largest loss of a step is above three times the larger of L₁ and L₀ and unlike those of now: above three times
 * all of the last quarter of the steps, or that quarter's median has stayed above three times L₁ and L₀ too. Where units are saturated losses of batches
 * scatter widely, and the first one may be small by chance.
 */
function wasThrownUp({ steps, constantLoss }: Patient): boolean {
  const level = THROWN * Math.max(steps.loss[0] ?? NaN, constantLoss ?? 0)
  const now = steps.loss.slice(-Math.max(1, Math.floor(steps.loss.length / PARTS)))
  const largest = (losses: readonly number[]) => losses.reduce((most, loss) => Math.max(most, loss), 0)
  return largest(steps.loss) > level && (largest(steps.loss) > THROWN * largest(now) || median(now) > level)
}

/** A rate to begin anew with. */
export function lowerRate({ plan, steps }: Patient): Cure | null {
  const value = saferRate(plan.optimizer, steps)
  return value === null ? null : { kind: 'learning-rate', value, anew: true }
}

/**
 * Fewer trained numbers than training rows: it cannot know the rows by heart. One with more of them can fit any answers (Zhang et al. 2017,
 * Understanding deep learning requires rethinking generalization, theorem 1: 2n + d numbers do), so its size is not what ails it.
 */
export function lacksCapacity({ layers, plan }: Patient): boolean {
  return layers.reduce((sum, { parameters }) => sum + parameters, 0) < plan.trainingRows
}

/** How a layer's first weights are drawn where that is not left to its activation. */
export function chosenInitializer(layer: LayerNode | undefined): string | null {
  const name = layer?.config['initializer']
  return typeof name === 'string' && name !== AUTO ? name : null
}

/** Layers whose first weights somebody chose, drawn as suits their activation; null where there are none. */
export function suitedWeights(layers: readonly PatientLayer[]): Cure | null {
  const chosen = layers.filter(({ initializer, parameters }) => initializer !== null && parameters > 0)
  if (chosen.length === 0) return null
  const bends = chosen.some(({ activation }) => SQUASHING.includes(activation ?? '') || activation === 'identity')
  return { kind: 'initializer', layers: chosen.map(({ name }) => name), to: bends ? 'glorot-uniform' : 'he-normal' }
}

/** Activations whose derivative is far below 1 for most of what they are given. */
export const SQUASHING = ['sigmoid', 'tanh', 'softmax']

/** Learning rate of the optimizer's settings. */
export function plannedRate({ plan }: Patient): number {
  return numberSetting(plan.optimizer.config, 'learningRate')
}

/** All layers but the one that gives the output. */
export function hiddenLayers({ layers }: Patient): readonly PatientLayer[] {
  return layers.slice(0, -1)
}

/** Share of the planned epochs that are over. */
export function shareDone({ epochs, plan }: Patient): number {
  return epochs.length / plan.epochs
}

/** A line through the epochs, thinned evenly. */
export function lineOf(
  label: string,
  epochs: readonly PatientEpoch[],
  value: (epoch: PatientEpoch) => number | null | undefined
): Evidence['lines'][number] {
  const points = epochs.flatMap((each) => {
    const y = value(each)
    return y === null || y === undefined || !Number.isFinite(y) ? [] : [[each.epoch, y] as const]
  })
  const every = Math.max(1, Math.ceil(points.length / MOST_POINTS))
  // Counted from the end, so that the last one is always among them.
  const kept = points.filter((_, i) => (points.length - 1 - i) % every === 0)
  return { label, x: kept.map(([x]) => x), y: kept.map(([, y]) => y) }
}

/** The curves of the losses. */
export function lossLines({ epochs }: Patient): Evidence['lines'] {
  const validation = lineOf('Validation loss', epochs, ({ validationLoss }) => validationLoss)
  return [
    lineOf('Training loss', epochs, ({ trainLoss }) => trainLoss),
    ...(validation.x.length === 0 ? [] : [validation])
  ]
}

/** One number of a layer over the looks. */
export function layerLine(
  { epochs }: Patient,
  layer: string,
  value: (statistics: LayerStatistics) => number | null | undefined
): Evidence['lines'][number] {
  return lineOf(layer, epochs, ({ layers }) => {
    const found = layers?.find((each) => each.layer === layer)
    return found === undefined ? null : value(found)
  })
}

/** Of one layer at a look. */
export function statisticsOf({ layers }: Look, layer: string): LayerStatistics | undefined {
  return layers.find((each) => each.layer === layer)
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  const upper = sorted[half] ?? NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? NaN) + upper) / 2
}

/**
 * Change from the first to the last of some values by a straight line through them (least squares), and how far they
 * lie off it: 1.48 · median |rest|, the standard deviation where they scatter normally, which a short burst does not move.
 */
export function trendOf(values: readonly number[]): { readonly change: number; readonly deviation: number } {
  const n = values.length
  const [meanX, meanY] = [(n - 1) / 2, mean(values)]
  const xx = values.reduce((sum, _, i) => sum + (i - meanX) ** 2, 0)
  const xy = values.reduce((sum, value, i) => sum + (i - meanX) * (value - meanY), 0)
  const slope = xx === 0 ? 0 : xy / xx
  const rest = values.map((value, i) => Math.abs(value - meanY - slope * (i - meanX)))
  return { change: slope * (n - 1), deviation: 1.48 * median(rest) }
}

/** Three significant digits. */
export function shown(value: number): string {
  return String(Number(value.toPrecision(3)))
}

/** "37 % of the loss is left" @param share of L₀ */
export function leftOf(share: number): string {
  return share < 1
    ? `${percent(share)} of the loss without learning is left`
    : 'the loss is no lower than without learning'
}

/** "37 %" */
export function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}

/** "dense1", "dense1 and dense2", "dense1, dense2 and dense3" */
export function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`)
  const last = quoted.pop() ?? ''
  return quoted.length === 0 ? last : `${quoted.join(', ')} and ${last}`
}
