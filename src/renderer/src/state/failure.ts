import type { ErrorValue } from '../../../shared/errors'
import type { Setup } from '../../../shared/setup'

export interface FailureAdvice {
  readonly title: string
  /** A learning rate to try instead, when a smaller one is likely to help. */
  readonly saferRate: number | null
}

/** What to put over the message of a run that failed, and what can be done about it with one click. */
export function failureAdvice(error: ErrorValue, setup: Setup): FailureAdvice {
  if (error.code !== 'diverged') return { title: 'Training failed', saferRate: null }
  const { layer, step } = error.details
  const where = typeof layer === 'string' ? ` in layer ${layer}` : ''
  const when = typeof step === 'number' ? ` at step ${step}` : ''
  return { title: `Training diverged${where}${when}`, saferRate: saferRate(setup) }
}

/** A tenth of the learning rate, and at most 0.1: what the engine's message advises as well. */
function saferRate({ optimizer }: Setup): number | null {
  const rate = optimizer.config['learningRate']
  if (typeof rate !== 'number' || !(rate > 0)) return null
  return Number(Math.min(rate / 10, 0.1).toPrecision(3))
}
