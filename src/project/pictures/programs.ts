/** What the pictures of an experiment are computed with, made once for each and kept as long as the experiment is. */
import type { LossName } from '../../engine'
import type { Experiment } from '../experiment'

/** @param make is asked again when the loss of the experiment has become another one */
export function keptFor<Value>(make: (experiment: Experiment) => Value): (experiment: Experiment) => Value {
  const kept = new WeakMap<Experiment, { readonly loss: LossName; readonly value: Value }>()
  return (experiment) => {
    const { loss } = experiment.setup
    const found = kept.get(experiment)
    if (found?.loss === loss) return found.value
    const value = make(experiment)
    kept.set(experiment, { loss, value })
    return value
  }
}
