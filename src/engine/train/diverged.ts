/** What is said when numbers grow beyond all bounds. */
import { NumericError } from '../../shared/errors'
import type { StepFailure } from '../executors/training-executor'
import type { Config } from '../fields'
import type { Model } from '../model/model'

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

/** @param config the optimizer's */
export function divergedError(model: Model, config: Config, { step, epoch, scope, what }: Divergence): NumericError {
  const layer = layerOf(scope, model)
  const rate = config['learningRate']
  const advice =
    typeof rate === 'number'
      ? `a lower learning rate, for example ${Number(Math.min(rate / 10, 0.1).toPrecision(3))} instead of ${rate}`
      : 'smaller steps'
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
