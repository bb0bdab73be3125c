/**
 * What a network comes to, without data: shapes, parameters and work of every layer, and every mistake as a
 * problem on its layer, so that a draft can be shown while it is being edited.
 */
import { StudioError } from '../../shared/errors'
import { fieldProblem, type Config, type Field } from '../fields'
import { layerSpecs, type LayerSpec } from '../layers'
import { INPUT, type LayerNode, type ModelSpec, type Shape } from '../spec'
import { showShape, sizeOf } from '../tensor/tensor'

/** One mistake: expected, got and the fix. The layer is where it is listed, so the message does not name it. */
export interface LayerProblem {
  /** Key of the field concerned, or `name` or `inputs`, or null for the layer as a whole. */
  readonly field: string | null
  readonly code: string
  readonly message: string
}

export interface ParameterInfo {
  /** `<layer>.<parameter>`, for example `dense1.weight`. */
  readonly name: string
  readonly layer: string
  readonly shape: Shape
  /** Name in the initializer registry. */
  readonly initializer: string
}

export interface LayerDescription {
  readonly name: string
  readonly type: string
  /** Shape of one row of the (first) input; null where a mistake leaves it unknown. */
  readonly inputShape: Shape | null
  /** Shape of one row of the output; null where a mistake leaves it unknown. */
  readonly outputShape: Shape | null
  /** Trained numbers. */
  readonly parameters: number
  /** Of the forward pass, for one row. */
  readonly multiplyAdds: number
  readonly tensors: readonly ParameterInfo[]
  readonly problems: readonly LayerProblem[]
}

export interface ModelDescription {
  readonly layers: readonly LayerDescription[]
  readonly parameters: number
  /** Mistakes that belong to no layer. */
  readonly problems: readonly LayerProblem[]
}

/** Above this a model's tensors would not fit in memory: 100 million float64 weights, gradients and velocities are 3 GB. */
export const MAX_PARAMETERS = 100_000_000

const LAYER_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/
/** Names that mean other things where layers are named: the network's input, and scopes of the graph. */
const RESERVED: readonly string[] = [INPUT, 'targets', 'loss', 'optimizer']

/** Never throws: mistakes become problems on their layer. A layer after a mistaken one has null shapes, not problems of its own. */
export function describeModel(spec: ModelSpec): ModelDescription {
  const shapes = new Map<string, Shape | null>()
  const problems = inputProblems(spec.inputShape)
  shapes.set(INPUT, problems.length === 0 ? spec.inputShape : null)
  let parameters = 0
  const layers = spec.layers.map((node) => {
    const layer = describeLayer(spec, node, shapes, parameters)
    shapes.set(node.name, layer.outputShape)
    parameters += layer.parameters
    return layer
  })
  if (!spec.layers.some((node) => node.name === spec.output)) {
    const known = spec.layers.map((node) => `"${node.name}"`).join(', ')
    const message = `The output must be one of the layers (${known || 'there are none'}), got "${spec.output}"; name a layer of the model.`
    problems.push({ field: null, code: 'unknown-layer', message })
  }
  return { layers, parameters, problems }
}

/** The registered layer type, or undefined. */
export function findLayerSpec(type: string): LayerSpec | undefined {
  return layerSpecs.find((layer) => layer.type === type)
}

/** The layer's config with defaults for what it leaves out; only for a config without problems. */
export function completeConfig(fields: readonly Field[], config: Config): Config {
  return Object.fromEntries(fields.map((field) => [field.key, settingOf(config, field) ?? field.default]))
}

function inputProblems(shape: Shape): LayerProblem[] {
  if (shape.length > 0 && shape.every((size) => Number.isInteger(size) && size >= 1)) return []
  const message = `The input must have at least one feature, got shape ${showShape(shape)}; keep at least one feature column.`
  return [{ field: null, code: 'invalid-input', message }]
}

function describeLayer(
  spec: ModelSpec,
  node: LayerNode,
  shapes: ReadonlyMap<string, Shape | null>,
  parametersBefore: number
): LayerDescription {
  const problems: LayerProblem[] = [...nameProblems(spec, node), ...connectionProblems(spec, node, shapes)]
  const inputs = node.inputs.map((name) => shapes.get(name) ?? null)
  const blank = { name: node.name, type: node.type, inputShape: inputs[0] ?? null, outputShape: null }
  const nothing = { ...blank, parameters: 0, multiplyAdds: 0, tensors: [], problems }
  const layer = findLayerSpec(node.type)
  if (layer === undefined) {
    const known = layerSpecs.map((known) => known.type).join(', ')
    problems.push({
      field: null,
      code: 'unknown-layer-type',
      message: `There is no layer type "${node.type}"; known are ${known}.`
    })
    return nothing
  }
  const mistakes = configProblems(layer, node.config)
  problems.push(...mistakes)
  const known = inputs.filter((shape) => shape !== null)
  if (mistakes.length > 0 || known.length < inputs.length) return nothing
  const config = completeConfig(layer.fields, node.config)
  try {
    const tensors = layer.parameters(known, config).map(({ name, shape, initializer }) => {
      return { name: `${node.name}.${name}`, layer: node.name, shape, initializer }
    })
    const parameters = tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
    problems.push(...sizeProblems(parameters, parametersBefore))
    return {
      ...blank,
      outputShape: layer.inferShape(known, config),
      parameters,
      multiplyAdds: layer.multiplyAdds(known, config),
      tensors,
      problems
    }
  } catch (error) {
    if (!(error instanceof StudioError)) throw error
    problems.push({ field: null, code: error.code, message: error.message })
    return nothing
  }
}

function nameProblems(spec: ModelSpec, node: LayerNode): LayerProblem[] {
  const problems: LayerProblem[] = []
  if (!LAYER_NAME.test(node.name)) {
    const message = `The name must be 1 to 64 letters, digits and _ and not begin with a digit, got "${node.name}"; rename the layer.`
    problems.push({ field: 'name', code: 'invalid-layer-name', message })
  } else if (RESERVED.includes(node.name)) {
    const message = `The name "${node.name}" has another meaning (reserved are ${RESERVED.join(', ')}); rename the layer.`
    problems.push({ field: 'name', code: 'invalid-layer-name', message })
  }
  const sharing = spec.layers.filter((other) => other.name === node.name).length
  if (sharing > 1) {
    const message = `Each layer needs its own name, got "${node.name}" ${sharing} times; rename one of them.`
    problems.push({ field: 'name', code: 'duplicate-layer', message })
  }
  return problems
}

/** Layers stand in an order in which every input comes before its use, so a cycle shows as an input that comes later. */
function connectionProblems(
  spec: ModelSpec,
  node: LayerNode,
  shapes: ReadonlyMap<string, Shape | null>
): LayerProblem[] {
  return node.inputs
    .filter((name) => !shapes.has(name))
    .map((name) => {
      const exists = spec.layers.some((other) => other.name === name)
      const message = exists
        ? `Its input "${name}" must come before it; move the layer after "${name}".`
        : `Its input must be one of ${[...shapes.keys()].map((known) => `"${known}"`).join(', ')}, got "${name}"; connect it to one of them.`
      return { field: 'inputs', code: exists ? 'layer-order' : 'unknown-layer', message }
    })
}

function configProblems(layer: LayerSpec, config: Config): LayerProblem[] {
  const known = new Set(layer.fields.map((field) => field.key))
  const unknown = Object.keys(config).filter((key) => !known.has(key))
  const code = 'invalid-config'
  return [
    ...unknown.map((key) => {
      return {
        field: key,
        code,
        message: `There is no setting "${key}"; known are ${[...known].join(', ')}. Remove it.`
      }
    }),
    ...layer.fields.flatMap((field) => {
      const problem = fieldProblem(field, settingOf(config, field) ?? field.default)
      if (problem === null) return []
      return [{ field: field.key, code, message: `${field.label} ${problem}; for example ${String(field.default)}.` }]
    })
  ]
}

function sizeProblems(parameters: number, parametersBefore: number): LayerProblem[] {
  if (parametersBefore + parameters <= MAX_PARAMETERS) return []
  const message = `The model must have at most ${MAX_PARAMETERS} parameters, got ${parametersBefore + parameters} up to here; use fewer units.`
  return [{ field: null, code: 'model-too-large', message }]
}

/** The value given for a field; undefined when there is none. Never a property of the object's prototype. */
function settingOf(config: Config, field: Field): Config[string] | undefined {
  return Object.hasOwn(config, field.key) ? config[field.key] : undefined
}
