/** What can be wrong with a network as it is given, piece by piece. Nothing here computes with it. */
import { fieldProblem, type Config, type Field } from '../fields'
import type { LayerSpec } from '../layers'
import { INPUT, type LayerNode, type Shape } from '../spec'
import { showBatchShape, showShape, sizeOf } from '../tensor/tensor'

/** One mistake: expected, got and the fix. The layer is where it is listed, so the message does not name it. */
export interface LayerProblem {
  /** Key of the field concerned, or `name` or `inputs`, or null for the layer as a whole. */
  readonly field: string | null
  readonly code: string
  readonly message: string
}

/** Above this a model's tensors would not fit in memory: 100 million float64 weights, gradients and velocities are 3 GB. */
export const MAX_PARAMETERS = 100_000_000

/** Numbers in one row of a layer's output: above this not even one row could be trained on. */
export const MAX_ACTIVATIONS = 100_000_000

/** Far more than any network here needs: files from outside must not keep the studio busy. */
export const MAX_LAYERS = 1000
export const MAX_INPUTS = 64
export const MAX_AXES = 6

/** Names listed in a message; more would hide what it says. */
const NAMES_SHOWN = 10

const LAYER_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/
/** Names that mean other things where layers are named: the network's input, and scopes of the graph. */
export const RESERVED: readonly string[] = [INPUT, 'targets', 'loss', 'optimizer']

/** A layer among those before it. */
export interface LayerSite {
  readonly node: LayerNode
  /** Of one row of the network's input and of the layers before this one, by name; null where a mistake leaves it unknown. */
  readonly shapes: ReadonlyMap<string, Shape | null>
  /** How often each name is given in the model. */
  readonly uses: ReadonlyMap<string, number>
  readonly parametersBefore: number
}

export function quoted(name: string): string {
  return name.length > 80 ? `"${name.slice(0, 80)}…"` : `"${name}"`
}

export function listed(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_SHOWN).map(quoted).join(', ')
  return names.length > NAMES_SHOWN ? `${shown} and ${names.length - NAMES_SHOWN} more` : shown
}

export function inputProblems(shape: Shape): LayerProblem[] {
  const right = shape.length > 0 && shape.every((size) => Number.isInteger(size) && size >= 1)
  const shown = shape.length > MAX_AXES ? `${shape.length} axes` : `shape ${showShape(shape)}`
  if (!right) {
    const message = `The input must have at least one feature, got ${shown}; keep at least one feature column.`
    return [{ field: null, code: 'invalid-input', message }]
  }
  return shapeProblems('The input', shape)
}

/** Rows too large to be computed with. */
export function shapeProblems(what: string, shape: Shape): LayerProblem[] {
  if (shape.length > MAX_AXES) {
    const message = `${what} must have at most ${MAX_AXES} sizes per row, got ${shape.length}; use fewer.`
    return [{ field: null, code: 'too-many-axes', message }]
  }
  if (sizeOf(shape) <= MAX_ACTIVATIONS) return []
  const message = `${what} must have at most ${MAX_ACTIVATIONS} numbers per row, got ${showBatchShape(shape)}; use smaller sizes.`
  return [{ field: null, code: 'model-too-large', message }]
}

export function nameProblems({ node: { name }, uses }: LayerSite): LayerProblem[] {
  const problems: LayerProblem[] = []
  if (!LAYER_NAME.test(name)) {
    const message = `The name must be 1 to 64 letters, digits and _ and not begin with a digit, got ${quoted(name)}; rename the layer.`
    problems.push({ field: 'name', code: 'invalid-layer-name', message })
  } else if (RESERVED.includes(name)) {
    const message = `The name "${name}" has another meaning (reserved are ${RESERVED.join(', ')}); rename the layer.`
    problems.push({ field: 'name', code: 'invalid-layer-name', message })
  }
  const sharing = uses.get(name) ?? 0
  if (sharing > 1) {
    const message = `Each layer needs its own name, got ${quoted(name)} ${sharing} times; rename one of them.`
    problems.push({ field: 'name', code: 'duplicate-layer', message })
  }
  return problems
}

/** Layers stand in an order in which every input comes before its use, so a cycle shows as an input that comes later. */
export function connectionProblems({ node, shapes, uses }: LayerSite): LayerProblem[] {
  return node.inputs
    .slice(0, MAX_INPUTS)
    .filter((name) => !shapes.has(name))
    .map((name) => {
      const exists = uses.has(name)
      const message = exists
        ? `Its input ${quoted(name)} must come before it; move the layer after ${quoted(name)}.`
        : `Its input must be one of ${listed([...shapes.keys()])}, got ${quoted(name)}; connect it to one of them.`
      return { field: 'inputs', code: exists ? 'layer-order' : 'unknown-layer', message }
    })
}

export function countProblems(layer: LayerSpec, { inputs: { length } }: LayerNode): LayerProblem[] {
  const problem = (message: string) => [{ field: 'inputs', code: 'input-count', message }]
  if (layer.inputs === 'one') {
    return length === 1 ? [] : problem(`Expected one input, got ${length}; connect it to one layer.`)
  }
  if (length >= 2 && length <= MAX_INPUTS) return []
  return problem(`Expected from 2 to ${MAX_INPUTS} inputs, got ${length}; connect it to the layers it joins.`)
}

export function configProblems(layer: LayerSpec, config: Config): LayerProblem[] {
  const known = new Set(layer.fields.map((field) => field.key))
  const unknown = Object.keys(config).filter((key) => !known.has(key))
  const code = 'invalid-config'
  return [
    ...unknown.map((key) => {
      return {
        field: key,
        code,
        message: `There is no setting ${quoted(key)}; known are ${[...known].join(', ') || 'none'}. Remove it.`
      }
    }),
    ...layer.fields.flatMap((field) => {
      const problem = fieldProblem(field, settingOf(config, field) ?? field.default)
      if (problem === null) return []
      return [{ field: field.key, code, message: `${field.label} ${problem}; for example ${String(field.default)}.` }]
    })
  ]
}

export function sizeProblems(parameters: number, parametersBefore: number): LayerProblem[] {
  if (parametersBefore + parameters <= MAX_PARAMETERS) return []
  const message = `The model must have at most ${MAX_PARAMETERS} parameters, got ${parametersBefore + parameters} up to here; use fewer units.`
  return [{ field: null, code: 'model-too-large', message }]
}

/** The value given for a field; undefined when there is none. Never a property of the object's prototype. */
export function settingOf(config: Config, field: Field): Config[string] | undefined {
  return Object.hasOwn(config, field.key) ? config[field.key] : undefined
}
