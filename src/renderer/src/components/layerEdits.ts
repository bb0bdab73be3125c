/**
 * Editing the hidden layers of a network. A layer without `inputs` takes the layer before it, wherever it stands; a
 * layer that names its inputs means those layers. So an edit never rewires what it does not concern: a name whose
 * layer is gone or now stands later stays, and the mistake is shown on the layer until it is put right.
 */
import { MAX_HIDDEN_LAYERS, type Setup } from '../../../shared/setup'
import {
  defaultsOf,
  INPUT,
  OUTPUT_LAYER,
  type FieldValue,
  type LayerNode,
  type LayerSpec
} from '../../../engine/catalog'

/** Names that the network itself uses. */
const reserved: readonly string[] = [INPUT, OUTPUT_LAYER, 'targets', 'loss', 'optimizer']
const namePattern = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/

/** What an edit must know of a layer's type. */
export type LayerKind = Pick<LayerSpec, 'type' | 'fields' | 'inputs'>

/** What stands before the place of a layer, nearest first: names that it can take as inputs. */
export function namesBefore(layers: readonly LayerNode[], place: number): string[] {
  return [
    ...layers
      .slice(0, place)
      .map((layer) => layer.name)
      .toReversed(),
    INPUT
  ]
}

/** The layers that a layer takes, as the engine reads it: those it names, else the one before it. */
export function inputsOf(layers: readonly LayerNode[], layer: LayerNode): readonly string[] {
  if (layer.inputs.length > 0) return layer.inputs
  const place = layers.findIndex(({ name }) => name === layer.name)
  return namesBefore(layers, place < 0 ? layers.length : place).slice(0, 1)
}

/**
 * `dense1`, `dense2`, …: the first number of this type that no layer has, nor one that was removed while others still
 * name it: they must not take a new layer for the old one.
 */
export function nextLayerName(layers: readonly LayerNode[], type: string): string {
  const stem = type.replace(/[^A-Za-z0-9_]/g, '')
  const taken = new Set(layers.flatMap((layer) => [layer.name, ...layer.inputs]))
  let number = 1
  while (taken.has(`${stem}${number}`)) number += 1
  return `${stem}${number}`
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
 * A layer that joins several takes the layer before it and the nearest earlier one of which `alike` says that it suits.
 */
export function addLayer(
  layers: readonly LayerNode[],
  spec: LayerKind,
  after: string | null,
  alike: (one: string, other: string) => boolean = () => true
): { layers: LayerNode[]; name: string } {
  const name = nextLayerName(layers, spec.type)
  const found = layers.findIndex((layer) => layer.name === after)
  // The input stands before all layers.
  const place = after === INPUT ? 0 : found < 0 ? layers.length : found + 1
  const before = layers[place - 1]
  const config = before?.type === spec.type ? before.config : defaultsOf(spec.fields)
  const inputs = spec.inputs === 'several' ? joinedByDefault(namesBefore(layers, place), alike) : []
  return { layers: layers.toSpliced(place, 0, { name, type: spec.type, inputs, config }), name }
}

function joinedByDefault(before: readonly string[], alike: (one: string, other: string) => boolean): string[] {
  const [last, ...earlier] = before
  const other = earlier.find((name) => last !== undefined && alike(last, name))
  return [other, last].filter((name) => name !== undefined)
}

/**
 * The layer named `name` once more, right after it, under a new name. It takes the layer it was made from; one that
 * joins several joins the same.
 */
export function duplicateLayer(layers: readonly LayerNode[], name: string): { layers: LayerNode[]; name: string } {
  const place = layers.findIndex((layer) => layer.name === name)
  const layer = layers[place]
  if (layer === undefined) return { layers: [...layers], name }
  const copy = nextLayerName(layers, layer.type)
  const inputs = layer.inputs.length > 1 ? layer.inputs : []
  return { layers: layers.toSpliced(place + 1, 0, { ...layer, name: copy, inputs }), name: copy }
}

/** The layer at `from` moved so that it stands at `to`; places outside the list leave it as it is. */
export function moveLayer(layers: readonly LayerNode[], from: number, to: number): LayerNode[] {
  const moved = layers[from]
  if (moved === undefined || to < 0 || to >= layers.length) return [...layers]
  return layers.toSpliced(from, 1).toSpliced(to, 0, moved)
}

export function removeLayer(layers: readonly LayerNode[], name: string): LayerNode[] {
  return layers.filter((layer) => layer.name !== name)
}

export function changeLayer(layers: readonly LayerNode[], name: string, key: string, value: FieldValue): LayerNode[] {
  return layers.map((layer) => (layer.name === name ? { ...layer, config: { ...layer.config, [key]: value } } : layer))
}

/** @param inputs none for the layer before it */
export function connectLayer(layers: readonly LayerNode[], name: string, inputs: readonly string[]): LayerNode[] {
  return layers.map((layer) => (layer.name === name ? { ...layer, inputs: [...inputs] } : layer))
}

/** Those who name the layer name it anew. */
export function renameLayer(layers: readonly LayerNode[], from: string, to: string): LayerNode[] {
  return layers.map((layer) => ({
    ...layer,
    name: layer.name === from ? to : layer.name,
    inputs: layer.inputs.map((input) => (input === from ? to : input))
  }))
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
