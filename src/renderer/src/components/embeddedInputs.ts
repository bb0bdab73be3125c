/** The layers that the data puts before a network, as the Model stage shows them: one line for each embedded column. */
import {
  INPUT,
  type EmbeddedInput,
  type LayerNode,
  type ModelDescription,
  type ModelSpec,
  type Shape
} from '../../../engine/catalog'
import type { Setup } from '../../../shared/setup'
import type { PreparedView } from '../../../shared/views'
import { plural } from '../state/format'

export interface EmbeddedColumn {
  readonly input: EmbeddedInput
  /** The layer with its vectors. */
  readonly layer: LayerNode
  /** Where that stands in the network. */
  readonly index: number
}

/** How many layers stand before the person's own. */
export function generatedLayers(setup: Setup, prepared: PreparedView | null, spec: ModelSpec | null): number {
  if (spec === null || setup.model !== null || prepared === null || prepared.embedded.length === 0) return 0
  return spec.layers.length - setup.layers.length - 1
}

/** In the order of the inputs. */
export function embeddedColumns(setup: Setup, prepared: PreparedView | null, spec: ModelSpec | null): EmbeddedColumn[] {
  const tables = (spec?.layers ?? [])
    .slice(0, generatedLayers(setup, prepared, spec))
    .map((layer, index) => ({ layer, index }))
    .filter(({ layer }) => layer.type === 'embedding')
  return (prepared?.embedded ?? []).flatMap((input, i) => {
    const table = tables[i]
    return table === undefined ? [] : [{ input, ...table }]
  })
}

/** `city: 40 values → 8 numbers each` */
export function embeddingText({ column, entries, size }: EmbeddedInput): string {
  return `${column}: ${plural(entries - 1, 'value')} → ${plural(size, 'number')} each`
}

/** What the person's first layer sees by name: each embedded column as the numbers that are learned for it. */
export function seenFeatures({ features, embedded }: PreparedView): readonly string[] {
  const sizes = new Map(embedded.map(({ at, size }) => [at, size]))
  return features.flatMap((name, at) => {
    const size = sizes.get(at)
    return size === undefined ? [name] : Array.from({ length: size }, (_, k) => `${name}[${k + 1}]`)
  })
}

/** Shape of a row of what takes the network's input: behind the layers that the data puts before it. */
export function seenShape(
  setup: Setup,
  prepared: PreparedView | null,
  spec: ModelSpec | null,
  description: ModelDescription | null
): Shape | null {
  const generated = generatedLayers(setup, prepared, spec)
  return generated === 0 ? (spec?.inputShape ?? null) : (description?.layers[generated - 1]?.outputShape ?? null)
}

/** Names of the drawn columns by the names in the network: what stands before the person's layers is the input. */
export function drawnName(generated: readonly LayerNode[], name: string): string {
  return generated.some((layer) => layer.name === name) ? INPUT : name
}
