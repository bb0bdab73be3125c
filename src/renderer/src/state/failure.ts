import { saferRate } from '../../../engine/catalog'
import type { ErrorValue } from '../../../shared/errors'
import type { Setup } from '../../../shared/setup'

export interface FailureAdvice {
  readonly title: string
  readonly text: string
  /** A learning rate to try instead, when a smaller one is likely to help. */
  readonly saferRate: number | null
}

/**
 * What to say of a run that failed, and what can be done about it with one click.
 * @param isExplained the training doctor has a finding: the advice is its remedy alone
 */
export function failureAdvice(error: ErrorValue, setup: Setup, isExplained: boolean): FailureAdvice {
  if (error.code !== 'diverged') return { title: 'Training failed', text: error.message, saferRate: null }
  const { layer, step } = error.details
  const where = typeof layer === 'string' ? ` in layer ${layer}` : ''
  const when = typeof step === 'number' ? ` at step ${step}` : ''
  const title = `Training diverged${where}${when}`
  return isExplained
    ? {
        title,
        text: 'The last finite weights are kept. The training doctor says why, and has a remedy.',
        saferRate: null
      }
    : { title, text: error.message, saferRate: saferRate(setup.optimizer) }
}
