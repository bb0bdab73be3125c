import { modelSpecOf, withEmbeddings, type ModelSpec } from '../../../engine/catalog'
import type { Setup } from '../../../shared/setup'
import type { PreparedView } from '../../../shared/views'

/** The network that a setup describes; null while the data is not ready for one. */
export function networkOf(setup: Setup | null, prepared: PreparedView | null): ModelSpec | null {
  if (setup === null || prepared === null || prepared.features.length === 0) return null
  if (setup.model !== null) return setup.model
  try {
    const spec = modelSpecOf(setup.layers, prepared.inputShape, setup.task, setup.loss, prepared.outputs.length)
    return withEmbeddings(spec, prepared.embedded)
  } catch {
    // A loss that does not serve the task: the problems say so.
    return null
  }
}
