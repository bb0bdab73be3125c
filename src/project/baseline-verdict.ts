/** One sentence on a network against the models that it should beat. */
import { metricSpecs } from '../engine/catalog'
import type { BaselineView } from '../shared/run-views'
import type { EpochPoint } from '../shared/views'
import type { LossErrors } from './loss-errors'

/** Share of the other's loss by which one must be lower to be called better, however sure it is. */
const LEAD = 0.02
/** What the label of a linear model says that was stopped. */
export const UNFINISHED = 'not trained to its end'
/** Before so many epochs nothing is said against a network that goes on. */
const EARLY = 10
/** Share of its loss by which it must have been lower before for that to be told. */
const BETTER_BEFORE = 0.1

/** What of an epoch is judged by. */
type Judged = Pick<EpochPoint, 'epoch' | 'trainLoss' | 'validationLoss' | 'trainMetrics' | 'metrics'>

export interface VerdictOptions {
  /** How far each difference is known; null where nobody has worked it out yet. */
  readonly errors: LossErrors | null
  /** Whether the run goes no further. */
  readonly ended?: boolean
  /** Whether the network is the linear model itself, without hidden layers: then the two differ by how they were trained alone. */
  readonly isLinear?: boolean
  /** The epoch whose weights were taken back at the end. */
  readonly restoredEpoch?: number | null
}

/**
 * The network as it stands against the linear model, or against the guess where it does not even beat that; null as long as nothing
 * can be said: models, epochs or errors are missing, or the network is behind and has had fewer than ten epochs.
 *
 * Both are judged by the same rows, with the weights that their training ended with; neither was chosen by those rows, as the best of many
 * epochs would be, whose loss is too low by that choice alone (Cawley and Talbot 2010, On over-fitting in model selection and subsequent
 * selection bias in performance evaluation). Where early stopping took back its best epoch, that one counts, as it is kept. One is called better where its
 * loss is lower by more than 2 % of the other's and by more than the difference is known to (`LossComparison`); else they are about as good.
 */
export function verdictOf(
  models: readonly BaselineView[],
  epochs: readonly Judged[],
  options: VerdictOptions
): string | null {
  const { errors, ended = false, isLinear = false, restoredEpoch = null } = options
  const constant = models.find(({ kind }) => kind === 'constant')
  const linear = models.find(({ kind }) => kind === 'linear')
  const now = standingOf(epochs, restoredEpoch)
  if (constant === undefined || linear === undefined || now === null || errors === null) return null
  const against = (other: BaselineView): Standing => {
    const apart = other.loss - now.loss
    const isClear = Math.abs(apart) > (errors.get(other.kind) ?? Infinity)
    if (isClear && apart > LEAD * other.loss) return 'better'
    return isClear && -apart > LEAD * other.loss ? 'worse' : 'alike'
  }
  const [beside, byGuess] = [against(linear), against(constant)]
  if (isLinear && byGuess === 'better') {
    return `This network is ${nameOf(linear)} itself: ${figures(now, linear, now.loss < linear.loss)} when trained by full batches.`
  }
  if (beside === 'better' && byGuess === 'better') {
    const share = linear.loss > 0 ? ` by ${leadOf(1 - now.loss / linear.loss)}` : ''
    return `Better than ${nameOf(linear)}${linear.label.includes(UNFINISHED) ? ',' : ''}${share}: ${figures(now, linear, true)}.`
  }
  if (!ended && epochs.length < EARLY) return null
  const [beaten, standing] = byGuess === 'better' ? [linear, beside] : [constant, byGuess]
  const words = standing === 'worse' ? 'Worse than' : 'About as good as'
  const told = figures(now, beaten, now.loss < beaten.loss)
  const noise = standing === 'worse' ? '' : ', a difference that these rows cannot tell from chance'
  return `${ended ? words : `So far ${words.toLowerCase()}`} ${nameOf(beaten)}: ${told}${isSame(now.loss, beaten.loss) ? '' : noise}.${bestWords(epochs, now)}`
}

type Standing = 'better' | 'worse' | 'alike'

interface Measured {
  readonly epoch: number
  readonly loss: number
  readonly metrics: Judged['metrics']
}

function measuredAt({ epoch, trainLoss, validationLoss, trainMetrics, metrics }: Judged): Measured | null {
  const loss = validationLoss ?? trainLoss
  if (!Number.isFinite(loss)) return null
  return { epoch, loss, metrics: validationLoss === null ? trainMetrics : metrics }
}

/** The epoch that its weights are of. */
function standingOf(epochs: readonly Judged[], restored: number | null): Measured | null {
  const found = (restored === null ? undefined : epochs.find(({ epoch }) => epoch === restored)) ?? epochs.at(-1)
  return found === undefined ? null : measuredAt(found)
}

/** Where it was better before than it is now, which early stopping would keep. */
function bestWords(epochs: readonly Judged[], now: Measured): string {
  let best: { readonly epoch: number; readonly loss: number } = now
  for (const { epoch, validationLoss, trainLoss } of epochs) {
    const loss = validationLoss ?? trainLoss
    // Of what is not finite only that could be lower.
    if (loss < best.loss && loss !== Number.NEGATIVE_INFINITY) best = { epoch, loss }
  }
  return best.loss < now.loss * (1 - BETTER_BEFORE)
    ? ` After epoch ${best.epoch} its loss was ${short(best.loss)}.`
    : ''
}

function isSame(one: number, other: number): boolean {
  return short(one) === short(other)
}

/**
 * The first metric says more to people than the loss, where it is not the loss itself.
 * @param isAhead whether the sentence calls the network better; a metric that says otherwise is told with "though"
 */
function figures(
  { loss, metrics }: Measured,
  { loss: other, metrics: measured }: BaselineView,
  isAhead: boolean
): string {
  const losses = `loss ${short(loss)} against ${short(other)}`
  const [first] = measured
  const spec = metricSpecs.find(({ name }) => name === first?.name)
  const value = metrics[first?.name ?? ''] ?? NaN
  if (first === undefined || spec === undefined || !Number.isFinite(value) || !Number.isFinite(first.value))
    return losses
  const shown = spec.unit === 'share' ? percent : short
  const [own, others] = [shown(value), shown(first.value)]
  const isBest = spec.higherIsBetter ? value > first.value : value < first.value
  const link = own !== others && isBest !== isAhead ? ', though ' : ', '
  return `${losses}${link}${inSentence(first.label)} ${own === others ? `${own} for both` : `${own} against ${others}`}`
}

/** "accuracy", but "MAE" */
function inSentence(label: string): string {
  return /^\p{Lu}\p{Ll}/u.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label
}

function nameOf({ kind, label }: BaselineView): string {
  if (kind === 'constant') {
    if (label === 'Mean') return 'always answering with the mean'
    return label === 'Most frequent class'
      ? 'always guessing the most frequent class'
      : 'guessing by how frequent each label is'
  }
  const name = label.startsWith('Logistic regression') ? 'logistic regression' : 'a straight line (linear model)'
  return label.includes(UNFINISHED) ? `${name}, which was ${UNFINISHED}` : name
}

/** A lead of all is none's: some loss is left. */
function leadOf(share: number): string {
  return share > 0.99 && share < 1 ? 'more than 99 %' : `${Math.round(100 * share)} %`
}

/** Three digits, but 100 % of all alone: a single mistake among thousands is one. */
function percent(share: number): string {
  const text = short(100 * share)
  return text === '100' && share < 1 ? 'nearly 100 %' : `${text} %`
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)))
}
