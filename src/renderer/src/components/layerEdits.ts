/**
 * Editing a chain of layers: every change gives a new list whose layers are wired one after the other.
 *
 * The studio draws models as chains for now; a layer's `inputs` are derived from its place here and nowhere
 * else, so moving or renaming a layer can never leave a reference to a layer that is gone.
 */
import { MAX_HIDDEN_LAYERS, type Setup } from '../../../shared/setup'
import { defaultsOf, INPUT, OUTPUT_LAYER, type Field, type FieldValue, type LayerNode } from '../../../engine/catalog'

/** Names that the network itself uses. */
const reserved: readonly string[] = [INPUT, OUTPUT_LAYER, 'targets', 'loss', 'optimizer']
const namePattern = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/

/** The same layers, each taking the one before it; the first takes the network's input. */
export function rechain(layers: readonly LayerNode[]): LayerNode[] {
  return layers.map((layer, index) => ({ ...layer, inputs: [layers[index - 1]?.name ?? INPUT] }))
}

/** `dense1`, `dense2`, …: the first number of this type that no layer has taken. */
export function nextLayerName(layers: readonly LayerNode[], type: string): string {
  const taken = new Set(layers.map((layer) => layer.name))
  let number = 1
  while (taken.has(`${type}${number}`)) number += 1
  return `${type}${number}`
}

/** Why no layer can be added to these, or null when one can. */
export function fullReason(layers: readonly LayerNode[]): string | null {
  return layers.length < MAX_HIDDEN_LAYERS
    ? null
    : `A network can have ${MAX_HIDDEN_LAYERS} hidden layers; this one has ${layers.length}. Remove one to add another.`
}

/**
 * A new layer with its type's defaults, after the layer named `after`, or last when that is null or unknown.
 * Settings that the layer before it shares (units, activation) are taken over, because people stack alike layers.
 */
export function addLayer(
  layers: readonly LayerNode[],
  spec: { readonly type: string; readonly fields: readonly Field[] },
  after: string | null
): { layers: LayerNode[]; name: string } {
  const name = nextLayerName(layers, spec.type)
  const found = layers.findIndex((layer) => layer.name === after)
  const place = found < 0 ? layers.length : found + 1
  const before = layers[place - 1]
  const config = before?.type === spec.type ? before.config : defaultsOf(spec.fields)
  const added = [...layers]
  added.splice(place, 0, { name, type: spec.type, inputs: [], config })
  return { layers: rechain(added), name }
}

/** The layer named `name` once more, right after it, under a new name. */
export function duplicateLayer(layers: readonly LayerNode[], name: string): { layers: LayerNode[]; name: string } {
  const copy = nextLayerName(layers, layers.find((layer) => layer.name === name)?.type ?? 'layer')
  const doubled = layers.flatMap((layer) => (layer.name === name ? [layer, { ...layer, name: copy }] : [layer]))
  return { layers: rechain(doubled), name: copy }
}

/** The layer at `from` moved so that it stands at `to`; places outside the list leave it as it is. */
export function moveLayer(layers: readonly LayerNode[], from: number, to: number): LayerNode[] {
  const moved = layers[from]
  if (moved === undefined || to < 0 || to >= layers.length || from === to) return rechain(layers)
  const rest = layers.filter((_, index) => index !== from)
  rest.splice(to, 0, moved)
  return rechain(rest)
}

export function removeLayer(layers: readonly LayerNode[], name: string): LayerNode[] {
  return rechain(layers.filter((layer) => layer.name !== name))
}

export function changeLayer(layers: readonly LayerNode[], name: string, key: string, value: FieldValue): LayerNode[] {
  return layers.map((layer) => (layer.name === name ? { ...layer, config: { ...layer.config, [key]: value } } : layer))
}

export function renameLayer(layers: readonly LayerNode[], from: string, to: string): LayerNode[] {
  return rechain(layers.map((layer) => (layer.name === from ? { ...layer, name: to } : layer)))
}

/** What is wrong with calling the layer `current` by `wanted`, or null when it is free to take. */
export function layerNameProblem(layers: readonly LayerNode[], current: string, wanted: string): string | null {
  if (wanted === current) return null
  if (wanted === '') return 'A layer needs a name: its weights are saved under it.'
  if (!namePattern.test(wanted)) {
    return 'Use letters, digits and _ only, not starting with a digit: weights are saved as <name>.weight.'
  }
  if (reserved.includes(wanted)) return `“${wanted}” is the network's own name. Choose another.`
  if (layers.some((layer) => layer.name === wanted)) return `Another layer is called “${wanted}”. Choose another name.`
  return null
}

/**
 * What to say beside a name that is typed but not taken over: what is wrong with it and that the old name stays,
 * or, when `left` says that the field was left and nothing is wrong any more, how to take it. Null for nothing.
 */
export function layerNameNotice(
  layers: readonly LayerNode[],
  current: string,
  typed: string,
  left: boolean
): { readonly text: string; readonly wrong: boolean } | null {
  if (typed === current) return null
  const problem = layerNameProblem(layers, current, typed)
  if (problem !== null) {
    return { text: `${problem} Until then the layer stays “${current}”; Escape brings that name back.`, wrong: true }
  }
  return left ? { text: `The layer is still “${current}”: press Enter in the field to rename it.`, wrong: false } : null
}

/** The layer to select after the one named `name` is removed: the next one, else the one before, else none. */
export function neighbourOf(layers: readonly LayerNode[], name: string): string | null {
  const index = layers.findIndex((layer) => layer.name === name)
  return layers[index + 1]?.name ?? layers[index - 1]?.name ?? null
}

/** The list as a setup holds it: plain copies that a schema may own. */
export function ownedLayers(layers: readonly LayerNode[]): Setup['layers'] {
  return layers.map((layer) => ({ ...layer, inputs: [...layer.inputs], config: { ...layer.config } }))
}
