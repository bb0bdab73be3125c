/** Layers that are computed, and change nothing. */
import type { ModelSpec } from '../spec'

/** Names of the layers whose output nothing takes. */
export function unusedLayers({ layers, output }: ModelSpec): string[] {
  const taken = new Set([output, ...layers.flatMap((layer) => layer.inputs)])
  return layers.map(({ name }) => name).filter((name) => !taken.has(name))
}
