/** One sentence on a network against the models that it should beat. */
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
 */
export function verdictOf(models: readonly BaselineView[], epochs: readonly Judged[], ended = false): string | null {
  const constant = models.find(({ kind }) => kind === 'constant')
  const linear = models.find(({ kind }) => kind === 'linear')
  const best = bestOf(epochs)
  if (constant === undefined || linear === undefined || best === null) return null
  if (isBetter(best.loss, linear.loss) && isBetter(best.loss, constant.loss)) {
    const share = linear.loss > 0 ? ` by ${percent(1 - best.loss / linear.loss)}` : ''
    return `Better than ${nameOf(linear)}${share}: ${figures(best, linear)}.`
  }
  if (!ended && epochs.length < EARLY) return null
  const beaten = isBetter(best.loss, constant.loss) ? linear : constant
  const word = isBetter(beaten.loss, best.loss) ? 'Worse than' : 'Not better than'
  return `${ended ? word : `So far ${word.toLowerCase()}`} ${nameOf(beaten)}: ${figures(best, beaten)}.`
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

/** The first metric says more to people than the loss, where it is not the loss itself. */
function figures({ loss, metrics }: Best, { loss: other, metrics: measured }: BaselineView): string {
  const [first] = measured
  const value = first === undefined ? undefined : metrics[first.name]
  const more =
    first === undefined || value === undefined || !Number.isFinite(value) || !Number.isFinite(first.value)
      ? ''
      : `, ${first.label} ${short(value)} against ${short(first.value)}`
  return `loss ${short(loss)} against ${short(other)}${more}`
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

function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)))
}
