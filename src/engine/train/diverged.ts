/** What is said when numbers grow beyond all bounds. */
import { NumericError } from '../../shared/errors'
import { saferRate } from '../doctor/safer-rate'
import type { StepFailure } from '../executors/training-executor'
import type { Model } from '../model/model'
import type { StepProblem } from './step-graph'

/** Where and when it happened. */
export interface Divergence {
  readonly step: number
  readonly epoch: number
  /** A layer, `loss` or `optimizer`. */
  readonly scope: string
  readonly what: StepFailure['what'] | 'validation'
}

const grown: Readonly<Record<Divergence['what'], string>> = {
  numbers: 'its numbers',
  weights: 'its new weights',
  statistics: 'its running statistics',
  validation: 'its validation numbers'
}

export function divergedError(
  { model, optimizer: { type }, config }: Pick<StepProblem, 'model' | 'optimizer' | 'config'>,
  { step, epoch, scope, what }: Divergence
): NumericError {
  const layer = layerOf(scope, model)
  const rate = saferRate({ type, config })
  const advice =
    rate === null
      ? 'smaller steps'
      : `a lower learning rate, for example ${rate} instead of ${String(config['learningRate'])}`
  return new NumericError(
    'diverged',
    `Training diverged at step ${step} (epoch ${epoch}), layer "${layer}": ${grown[what]} grew beyond what a 32-bit number holds. Try ${advice}. The last finite weights are kept.`,
    { layer, step, epoch }
  )
}

/** The loss has no layer of its own: what it saw came from the output layer. */
function layerOf(scope: string, model: Model): string {
  return model.spec.layers.some(({ name }) => name === scope) ? scope : model.spec.output
}
