/** The learning rate over a planned run, as the settings draw it. */
import { fieldProblem, scheduleSpecs, type Config, type Horizon } from '../../../engine/catalog'

export interface RateCurve {
  /** Position in the run, 0…1, and the learning rate there. */
  readonly points: readonly { readonly at: number; readonly rate: number }[]
  readonly first: number
  readonly highest: number
  readonly last: number
  /** It changes with the loss: what is drawn holds as long as the loss keeps falling. */
  readonly dependsOnLoss: boolean
}

const most = 160

/**
 * Null while a setting is being put right, or the length of the run is not known.
 * @param config every setting of the schedule
 * @param rate the optimizer's learning rate
 */
export function rateCurve(type: string, config: Config, rate: number, horizon: Horizon): RateCurve | null {
  const spec = scheduleSpecs.find((one) => one.type === type)
  const lengths = [horizon.steps, horizon.stepsPerEpoch, horizon.epochs]
  if (spec === undefined || !(rate > 0) || !lengths.every((length) => Number.isFinite(length) && length >= 1))
    return null
  if (spec.fields.some((field) => fieldProblem(field, config[field.key]) !== null)) return null
  const schedule = spec.create(config, horizon)
  const count = Math.min(most, horizon.steps)
  const points = Array.from({ length: count }, (_, index) => {
    const step = count === 1 ? 1 : 1 + Math.round((index * (horizon.steps - 1)) / (count - 1))
    return { at: horizon.steps === 1 ? 0 : (step - 1) / (horizon.steps - 1), rate: rate * schedule.factor(step) }
  })
  return {
    points,
    first: points[0]?.rate ?? 0,
    highest: Math.max(...points.map((point) => point.rate)),
    last: points.at(-1)?.rate ?? 0,
    dependsOnLoss: schedule.state.length > 0
  }
}
