/** Who can run in a race: every optimizer of the registry, descent with momentum in its three forms. */
import { defaultsOf, type Config, type Field } from '../../fields'
import { optimizerSpecs, type OptimizerSpec } from '../../optimizers'
import { sgd } from '../../optimizers/sgd'
import type { SurfaceSpec } from './surfaces'

/** An optimizer with its settings. */
export interface LaneSettings {
  readonly type: string
  readonly config: Config
}

export interface LaneChoice extends LaneSettings {
  readonly label: string
  /** Whether its steps are as large as the gradient is; else the rate alone gives their size. */
  readonly scalesWithGradient: boolean
  /** Stands at the start when nobody has chosen yet. */
  readonly isUsual: boolean
}

const usual: readonly string[] = ['rmsprop', 'adam']

/** In the order that people choose them in: what each does more than the one before it. */
export const laneChoices: readonly LaneChoice[] = [
  ...[
    { label: 'SGD', momentum: 0, nesterov: false },
    { label: 'Momentum', momentum: 0.9, nesterov: false },
    { label: 'Nesterov', momentum: 0.9, nesterov: true }
  ].map(({ label, ...config }) => laneOf(sgd, label, config)),
  ...usual.flatMap((type) => optimizerSpecs.filter((spec) => spec.type === type)).map((spec) => laneOf(spec)),
  ...optimizerSpecs.filter((spec) => spec !== sgd && !usual.includes(spec.type)).map((spec) => laneOf(spec))
]

function laneOf(spec: OptimizerSpec, label = spec.label, config: Config = {}): LaneChoice {
  return {
    ...{ type: spec.type, label, config: { ...defaultsOf(spec.fields), ...config } },
    scalesWithGradient: spec === sgd,
    isUsual: spec === sgd || usual.includes(spec.type)
  }
}

/** Its settings with a rate that fits the surface. */
export function laneOn({ rates }: Pick<SurfaceSpec, 'rates'>, choice: LaneChoice): LaneSettings {
  const { type, config, scalesWithGradient } = choice
  return { type, config: { ...config, learningRate: scalesWithGradient ? rates.descent : rates.adaptive } }
}

/** The setting that says how long a direction is remembered: momentum, or β₁; null where nothing is. */
export function memoryField({ fields }: Pick<OptimizerSpec, 'fields'>): Field | null {
  return fields.find(({ key }) => key === 'momentum' || key === 'beta1') ?? null
}
