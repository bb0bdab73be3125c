/** One sentence on a network against the models that it should beat. */
import { metricSpecs } from '../engine/catalog'
import type { BaselineView } from '../shared/run-views'
import type { EpochPoint } from '../shared/views'

/** Share of the other's loss by which the network's must be lower to be called better; what is nearer is a draw. */
const LEAD = 0.02
/** Before so many epochs nothing is said against a network that goes on. */
const EARLY = 10

/** What of an epoch is judged by. */
type Judged = Pick<EpochPoint, 'epoch' | 'trainLoss' | 'validationLoss' | 'trainMetrics' | 'metrics'>

/**
 * The best epoch against the linear model, or against the guess where it does not even beat that; null as long as nothing can
 * be said: models or epochs are missing, or the network is behind and has had fewer than ten epochs. Better is a loss lower
 * by more than 2 % of the other's.
 * @param ended whether the run goes no further
 * @param isLinear whether the network is the linear model itself, without hidden layers: then the two differ by how they were
 *   trained alone, and neither is called better
 */
export function verdictOf(
  models: readonly BaselineView[],
  epochs: readonly Judged[],
  ended = false,
  isLinear = false
): string | null {
  const constant = models.find(({ kind }) => kind === 'constant')
  const linear = models.find(({ kind }) => kind === 'linear')
  const best = bestOf(epochs)
  if (constant === undefined || linear === undefined || best === null) return null
  if (isLinear && isBetter(best.loss, constant.loss)) {
    return `This network is ${nameOf(linear)} itself, taken at its best epoch: ${figures(best, linear, best.loss < linear.loss)} when trained to the end.`
  }
  if (isBetter(best.loss, linear.loss) && isBetter(best.loss, constant.loss)) {
    const share = linear.loss > 0 ? ` by ${leadOf(1 - best.loss / linear.loss)}` : ''
    return `Better than ${nameOf(linear)}${share}: ${figures(best, linear, true)}.`
  }
  if (!ended && epochs.length < EARLY) return null
  const beaten = isBetter(best.loss, constant.loss) ? linear : constant
  const word = isBetter(beaten.loss, best.loss) ? 'Worse than' : 'Not better than'
  return `${ended ? word : `So far ${word.toLowerCase()}`} ${nameOf(beaten)}: ${figures(best, beaten, false)}.`
}

interface Best {
  readonly loss: number
  readonly metrics: Judged['metrics']
}

function bestOf(epochs: readonly Judged[]): Best | null {
  let best: Best | null = null
  for (const { trainLoss, validationLoss, trainMetrics, metrics } of epochs) {
    const loss = validationLoss ?? trainLoss
    if (!Number.isFinite(loss) || (best !== null && best.loss <= loss)) continue
    best = { loss, metrics: validationLoss === null ? trainMetrics : metrics }
  }
  return best
}

function isBetter(loss: number, than: number): boolean {
  return loss < than * (1 - LEAD)
}

/**
 * The first metric says more to people than the loss, where it is not the loss itself.
 * @param isAhead whether the sentence calls the network better; a metric that says otherwise is told with "though"
 */
function figures({ loss, metrics }: Best, { loss: other, metrics: measured }: BaselineView, isAhead: boolean): string {
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
  return label.startsWith('Logistic regression') ? 'logistic regression' : 'a straight line (linear model)'
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
