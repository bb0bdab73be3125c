/** What a gradient check comes to, in words. */

export interface CheckedNumber {
  /** As `dense1.weight`. */
  readonly parameter: string
  readonly index: number
  readonly analytic: number
  readonly numeric: number
  readonly relativeError: number
}

/** What is kept of a gradient check. */
export interface GradientCheckResult {
  /** Trained numbers of the network. */
  readonly parameters: number
  /** Of them so many were checked. */
  readonly checked: number
  /** Of those so many stand at a kink of the loss (ReLU at 0, equals in a max pooling): there is no derivative to compare with. */
  readonly kinks: number
  /** Over all others, max |analytic − numeric| / max(|analytic|, |numeric|, 1e-3 · largest gradient, 1e-6). */
  readonly maxRelativeError: number
  /** Nothing is proven: differences tell no gradient of those that were checked from 0. */
  readonly tooSmall: boolean
  /** Where the error is largest; null where nothing could be compared. */
  readonly worst: CheckedNumber | null
}

/** The check of a run after an epoch. */
export interface EpochCheck extends GradientCheckResult {
  /** Of the batch that the next step takes, the first so many. */
  readonly rows: number
}

/**
 * Relative errors up to here count as agreement. In float64 differences themselves are good to about 1e-5 where a gradient is near
 * 1e-6, and far better elsewhere; a rule that is wrong is off by a share that anybody sees, 1e-2 and more.
 */
export const GRADIENT_TOLERANCE = 1e-4

export type CheckOutcome = 'agrees' | 'differs' | 'nothing-proven'

type Judged = Pick<GradientCheckResult, 'checked' | 'kinks' | 'maxRelativeError' | 'tooSmall'>

export function checkOutcome({ checked, kinks, maxRelativeError, tooSmall }: Judged): CheckOutcome {
  // An error that is no number is one as well.
  if (checked > kinks && !(maxRelativeError <= GRADIENT_TOLERANCE)) return 'differs'
  return checked === kinks || tooSmall ? 'nothing-proven' : 'agrees'
}

/** "3.2e−8" */
export function errorText(error: number): string {
  return Number.isFinite(error) ? error.toExponential(1).replace('-', '−') : 'not a number'
}

/** What the largest error comes to, and what it does not say, as sentences. */
export function checkSentence(result: Judged & Pick<GradientCheckResult, 'worst'>): string {
  const { checked, kinks, maxRelativeError, tooSmall, worst } = result
  const outcome = checkOutcome(result)
  const left = checked - kinks
  const among = left === 1 ? 'the one number' : `all ${left} numbers`
  const error = errorText(maxRelativeError)
  const sentences: string[] = []
  if (outcome === 'agrees') {
    sentences.push(
      `Backpropagation and differences agree for ${among} compared: the largest relative error, ${error}, is within 1e−4.`
    )
  } else if (outcome === 'differs') {
    const where = worst === null ? '' : `, of ${worst.parameter}[${worst.index}]`
    sentences.push(
      `Backpropagation and differences do not agree: the largest relative error, ${error}${where}, is beyond 1e−4. These gradients are not to be trusted; please report it with the network.`
    )
  } else if (left === 0) sentences.push('Nothing is proven: there was no number that could be compared.')
  else if (tooSmall)
    sentences.push('Nothing is proven: the gradients are too small for differences to tell them from 0.')
  if (kinks > 0) {
    const many = kinks === 1 ? '1 number stands' : `${kinks} numbers stand`
    sentences.push(
      `${many} at a kink of the loss, as of ReLU at 0 or of equals in max pooling, where there is no derivative: they are left out.`
    )
  }
  return sentences.join(' ')
}
