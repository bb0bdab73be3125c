/** Gradient checks of a run: asked for in the Explain stage, or made after each epoch, and what is kept of them. */
import * as v from 'valibot'
import {
  checkOutcome,
  errorText,
  type CheckedNumber,
  type EpochCheck,
  type GradientCheckResult
} from '../engine/catalog'
import type { ErrorValue } from './errors'
import type { SideState } from './gradient-views'

/** Numbers that a person can have checked at once. */
export const checkSizes = [50, 200, 1000, 10_000] as const

export const checkChoiceSchema = v.strictObject({
  /** Epochs behind the run in view; null: where it stands now. */
  epoch: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER))),
  samples: v.picklist(checkSizes)
})
export type CheckChoice = Readonly<v.InferOutput<typeof checkChoiceSchema>>

export { errorText }
export type { EpochCheck }

/** That a person asked for. */
export interface AskedCheck extends EpochCheck {
  /** When: ISO 8601, UTC. */
  readonly at: string
  /** Epochs behind the run there, and the step that would come next. */
  readonly epoch: number
  readonly step: number
  /** That drew the numbers. */
  readonly seed: number
}

/** What all checks of a run come to. */
export interface ChecksSummary {
  readonly checks: number
  /** In which the two did not agree. */
  readonly failed: number
  /** The largest relative error, and the epoch of the check; NaN where it was no number. Null where nothing could be compared. */
  readonly largest: { readonly error: number; readonly epoch: number } | null
}

/** What of a run's facts tells of its gradient checks. */
export interface GradientChecksView {
  /** Of both kinds together; null before the first. */
  readonly summary: ChecksSummary | null
  /** The newest ones that a person asked for, the newest last. */
  readonly asked: readonly AskedCheck[]
}

/** One parameter (`dense1.weight`) in a check. */
export interface ParameterCheck {
  readonly parameter: string
  /** Its numbers in all. */
  readonly numbers: number
  readonly checked: number
  readonly kinks: number
  /** Of those that could be compared; null where there are none. */
  readonly median: number | null
  readonly worst: CheckedNumber | null
}

/** A check under way or done, with all that is shown of it. */
export interface GradientCheckView {
  readonly state: SideState
  readonly error: ErrorValue | null
  readonly choice: CheckChoice
  readonly runId: string
  /** Checked by now, of so many that will be; 0 while the step is being held still. */
  readonly done: number
  readonly wanted: number
  /** Null before the end. */
  readonly found: {
    readonly check: AskedCheck
    readonly parameters: readonly ParameterCheck[]
    /** How many of the relative errors are in each of `errorDecades`. */
    readonly histogram: readonly number[]
  } | null
}

/** Upper powers of ten of the bins of relative errors; the first has all below as well, beyond the last there is one more. */
export const errorDecades = [-12, -11, -10, -9, -8, -7, -6, -5, -4, -3, -2, -1, 0] as const

/** @param before what came to until then */
export function withCheck(
  before: ChecksSummary | null,
  check: GradientCheckResult & { readonly epoch: number }
): ChecksSummary {
  const { checks, failed, largest } = before ?? { checks: 0, failed: 0, largest: null }
  const { worst, maxRelativeError: error, epoch } = check
  // NaN is the worst of all: nothing is larger.
  const isLarger = worst !== null && (largest === null || !(Number.isNaN(largest.error) || error <= largest.error))
  return {
    checks: checks + 1,
    failed: failed + (checkOutcome(check) === 'differs' ? 1 : 0),
    largest: isLarger ? { error, epoch } : largest
  }
}

export function summaryOfChecks(
  checks: Iterable<GradientCheckResult & { readonly epoch: number }>,
  before: ChecksSummary | null = null
): ChecksSummary | null {
  let summary = before
  for (const check of checks) summary = withCheck(summary, check)
  return summary
}

/** What to say of a run in which gradients were found wrong; null for all others. */
export function checksWarning(summary: ChecksSummary | null): string | null {
  if (summary === null || summary.failed === 0) return null
  const { failed, checks, largest } = summary
  const which =
    checks === 1
      ? 'The gradient check'
      : failed === checks
        ? `All ${checks} gradient checks`
        : `${failed} of ${checks} gradient checks`
  const error = largest === null ? '' : ` (largest relative error ${errorText(largest.error)}, epoch ${largest.epoch})`
  return `${which} failed${error}: backpropagation and differences do not agree. Do not trust this run; please report it with its network.`
}
