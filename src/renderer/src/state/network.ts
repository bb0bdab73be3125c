import { modelSpecOf, type ModelSpec } from '../../../engine/catalog'
import type { Setup } from '../../../shared/setup'
import type { PreparedView } from '../../../shared/views'

/** The network that a setup describes; null while the data is not ready for one. */
export function networkOf(setup: Setup | null, prepared: PreparedView | null): ModelSpec | null {
  if (setup === null || prepared === null || prepared.features.length === 0) return null
  if (setup.model !== null) return setup.model
  try {
    const classes = setup.task === 'regression' ? 1 : prepared.classes.length
    return modelSpecOf(setup.layers, prepared.inputShape, setup.task, setup.loss, classes)
  } catch {
    // A loss that does not serve the task: the problems say so.
    return null
  }
}
