import { modelSpecOf, type ModelSpec } from '../../../engine/catalog'
import type { Setup } from '../../../shared/setup'
import type { PreparedView } from '../../../shared/views'

/** Layers whose output nothing takes: they are computed, and change nothing. */
export function unusedLayers({ layers, output }: ModelSpec): string[] {
  const taken = new Set([output, ...layers.flatMap((layer) => layer.inputs)])
  return layers.map(({ name }) => name).filter((name) => !taken.has(name))
}

/** The network that a setup describes; null while the data is not ready for one. */
export function networkOf(setup: Setup | null, prepared: PreparedView | null): ModelSpec | null {
  if (setup === null || prepared === null || prepared.features.length === 0) return null
  if (setup.model !== null) return setup.model
  try {
    const classes = setup.task === 'regression' ? 1 : prepared.classes.length
    return modelSpecOf(setup.layers, prepared.features.length, setup.task, setup.loss, classes)
  } catch {
    // A loss that does not serve the task: the problems say so.
    return null
  }
}
