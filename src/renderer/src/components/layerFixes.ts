/** One-click fixes of the mistakes that people make while they connect layers. */
import {
  defaultsOf,
  OUTPUT_LAYER,
  type FieldValue,
  type LayerNode,
  type LayerProblem,
  type Shape
} from '../../../engine/catalog'
import { connectLayer, inputsOf, namesBefore, nextLayerName } from './layerEdits'
import { specOf } from './networkModel'

export interface LayerFix {
  /** On the button. */
  readonly label: string
  readonly apply: (layers: readonly LayerNode[]) => LayerNode[]
}

export interface FixSources {
  readonly layers: readonly LayerNode[]
  /** Shape of one row of the input's and every layer's output; null where it is not known. */
  readonly shapes: ReadonlyMap<string, Shape | null>
}

/** @param name the layer with the problem; `output` for the output layer */
export function fixesOf(problem: LayerProblem, name: string, sources: FixSources): LayerFix[] {
  if (problem.field === 'inputs') return connectionFixes(name, sources)
  return problem.code === 'shape-mismatch' ? shapeFixes(name, sources) : []
}

function connectionFixes(name: string, { layers }: FixSources): LayerFix[] {
  const place = layers.findIndex((layer) => layer.name === name)
  const layer = layers[place]
  if (layer === undefined) return []
  const known = namesBefore(layers, place)
  const kept = layer.inputs.filter((input) => known.includes(input))
  if (kept.length === layer.inputs.length) return []
  const several = specOf(layer.type)?.inputs === 'several'
  // What cannot be taken is replaced by the nearest layers before it that are not taken yet.
  const needed = several ? Math.max(0, 2 - kept.length) : 0
  const others = known.filter((input) => !kept.includes(input)).slice(0, needed)
  const inputs = several ? known.toReversed().filter((input) => kept.includes(input) || others.includes(input)) : []
  if (several && inputs.length < 2) return []
  const label = several ? `Join ${inputs.join(' and ')}` : `Take the layer before it, ${known[0] ?? ''}`
  return [{ label, apply: (all) => connectLayer(all, name, inputs) }]
}

/** A layer of another type before it that brings the numbers into the form it takes. */
function shapeFixes(name: string, { layers, shapes }: FixSources): LayerFix[] {
  const layer = layers.find((one) => one.name === name)
  const type = layer?.type ?? (name === OUTPUT_LAYER ? 'dense' : null)
  const [from = null] = layer === undefined ? namesBefore(layers, layers.length) : inputsOf(layers, layer)
  const shape = from === null ? null : (shapes.get(from) ?? null)
  if (type === null || shape === null || (layer !== undefined && layer.inputs.length > 1)) return []
  const wanted = wantedShape(type, shape)
  if (wanted === null) return []
  return wanted === 'flat' ? inserted('flatten', {}, name, 'Flatten') : reshaped(wanted, name)
}

/** The form that a layer type takes, where another layer can bring the numbers into it; null otherwise. */
function wantedShape(type: string, shape: Shape): Shape | 'flat' | null {
  if (type === 'dense') return shape.length > 1 ? 'flat' : null
  const [size] = shape
  if (shape.length !== 1 || size === undefined) return null
  if (type.endsWith('1d')) return [1, size]
  if (!type.endsWith('2d')) return null
  return [1, ...nearestSquare(size)]
}

/** The two factors of a number that are nearest to each other, the smaller first: 12 is 3 × 4, 784 is 28 × 28. */
export function nearestSquare(size: number): [number, number] {
  for (let side = Math.floor(Math.sqrt(size)); side > 1; side -= 1) {
    if (size % side === 0) return [side, size / side]
  }
  return [1, size]
}

/** Reshape's fields are the sizes in their order; 0 leaves one out. */
function reshaped(shape: Shape, name: string): LayerFix[] {
  const sizes = (specOf('reshape')?.fields ?? []).map(({ key }, axis) => [key, shape[axis] ?? 0] as const)
  return inserted('reshape', Object.fromEntries(sizes), name, `Reshape to ${shape.join(' × ')}`)
}

function inserted(
  type: string,
  settings: Readonly<Record<string, FieldValue>>,
  name: string,
  words: string
): LayerFix[] {
  const spec = specOf(type)
  if (spec === undefined) return []
  return [
    {
      label: `Put ${words} before it`,
      apply(layers) {
        const place = layers.findIndex((layer) => layer.name === name)
        const at = place < 0 ? layers.length : place
        const target = layers[place]
        const made: LayerNode = {
          name: nextLayerName(layers, type),
          type,
          // It takes what the layer took that now takes it.
          inputs: target?.inputs ?? [],
          config: { ...defaultsOf(spec.fields), ...settings }
        }
        return (target === undefined ? [...layers] : connectLayer(layers, name, [])).toSpliced(at, 0, made)
      }
    }
  ]
}
