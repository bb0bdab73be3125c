/** The layer types as the palette offers them: by family, found by any word of theirs. */
import { layerFamilies, layerSpecs, type LayerFamily, type LayerSpec } from '../../../engine/catalog'

const familyLabels: Readonly<Record<LayerFamily, string>> = {
  linear: 'Dense',
  activation: 'Activation',
  convolution: 'Convolution',
  pooling: 'Pooling',
  normalization: 'Normalization',
  regularization: 'Regularization',
  shape: 'Shape',
  merge: 'Joining',
  embedding: 'Embedding'
}

export interface LayerGroup {
  readonly family: LayerFamily
  readonly label: string
  readonly specs: readonly LayerSpec[]
}

/** Families in the order of the engine's list, without those that have no layer that matches. */
export function layerGroups(wanted: string): LayerGroup[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean)
  return layerFamilies.flatMap((family): LayerGroup[] => {
    const label = familyLabels[family]
    const specs = layerSpecs.filter((spec) => {
      const text = `${spec.label} ${spec.type} ${label} ${spec.summary}`.toLowerCase()
      return spec.family === family && words.every((word) => text.includes(word))
    })
    return specs.length === 0 ? [] : [{ family, label, specs }]
  })
}

/** The first layer to take when Enter is pressed in the search: one whose name begins with what was typed, else any. */
export function bestMatch(groups: readonly LayerGroup[], wanted: string): LayerSpec | undefined {
  const all = groups.flatMap(({ specs }) => specs)
  const start = wanted.trim().toLowerCase()
  return all.find((spec) => spec.label.toLowerCase().startsWith(start)) ?? all[0]
}
