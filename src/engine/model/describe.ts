/**
 * What a network comes to, without data: shapes, parameters and work of every layer, and every mistake as a
 * problem on its layer, so that a draft can be shown while it is being edited.
 */
import { StudioError } from '../../shared/errors'
import type { Config, Field } from '../fields'
import { layerSpecs, type LayerSpec, type ParameterSpec } from '../layers'
import { INPUT, type LayerNode, type ModelSpec, type Shape } from '../spec'
import { showBatchShape, sizeOf } from '../tensor/tensor'
import {
  configProblems,
  connectionProblems,
  countProblems,
  inputProblems,
  listed,
  MAX_INPUTS,
  MAX_LAYERS,
  nameProblems,
  quoted,
  settingOf,
  shapeProblems,
  sizeProblems,
  type LayerProblem,
  type LayerSite
} from './checks'

export { MAX_PARAMETERS, type LayerProblem } from './checks'

export interface ParameterInfo extends Omit<ParameterSpec, 'help'> {
  /** `<layer>.<parameter>`, for example `dense1.weight`. */
  readonly name: string
  readonly layer: string
}

export interface LayerDescription {
  readonly name: string
  readonly type: string
  /** Shape of one row of the (first) input; null where a mistake leaves it unknown. */
  readonly inputShape: Shape | null
  /** Shapes of one row of each input, in the order of the layer's inputs. */
  readonly inputShapes: readonly (Shape | null)[]
  /** Shape of one row of the output; null where a mistake leaves it unknown. */
  readonly outputShape: Shape | null
  /** Numbers in one row of the output; 0 where a mistake leaves its shape unknown. */
  readonly activations: number
  /** Trained numbers. */
  readonly parameters: number
  /** Of the forward pass, for one row. */
  readonly multiplyAdds: number
  /** Trained tensors. */
  readonly tensors: readonly ParameterInfo[]
  /** Tensors that are kept and saved but not trained, as running statistics. */
  readonly buffers: readonly ParameterInfo[]
  readonly problems: readonly LayerProblem[]
}

export interface ModelDescription {
  /** Shape of one row of the network's input. */
  readonly inputShape: Shape
  readonly layers: readonly LayerDescription[]
  readonly parameters: number
  /** Mistakes that belong to no layer. */
  readonly problems: readonly LayerProblem[]
}

/**
 * Never throws: mistakes become problems on their layer. A layer after a mistaken one has null shapes, not problems of its
 * own. Of more than `MAX_LAYERS` layers only the first are described.
 */
export function describeModel(spec: ModelSpec): ModelDescription {
  const shapes = new Map<string, Shape | null>()
  const problems = inputProblems(spec.inputShape)
  shapes.set(INPUT, problems.length === 0 ? spec.inputShape : null)
  if (spec.layers.length > MAX_LAYERS) {
    const message = `The model must have at most ${MAX_LAYERS} layers, got ${spec.layers.length}; use fewer.`
    problems.push({ field: null, code: 'too-many-layers', message })
  }
  const nodes = spec.layers.slice(0, MAX_LAYERS)
  const uses = new Map<string, number>()
  for (const { name } of nodes) uses.set(name, (uses.get(name) ?? 0) + 1)
  let parameters = 0
  const layers = nodes.map((node) => {
    const described = describeLayer({ node, shapes, uses, parametersBefore: parameters })
    const layer = node.name === spec.output ? asOutput(described) : described
    shapes.set(node.name, layer.outputShape)
    parameters += layer.parameters
    return layer
  })
  if (!uses.has(spec.output)) {
    const known = listed([...uses.keys()]) || 'there are none'
    const message = `The output must be one of the layers (${known}), got ${quoted(spec.output)}; name a layer of the model.`
    problems.push({ field: null, code: 'unknown-layer', message })
  }
  return { inputShape: spec.inputShape, layers, parameters, problems }
}

/** The registered layer type, or undefined. */
export function findLayerSpec(type: string): LayerSpec | undefined {
  return layerSpecs.find((layer) => layer.type === type)
}

/** The layer's config with defaults for what it leaves out; only for a config without problems. */
export function completeConfig(fields: readonly Field[], config: Config): Config {
  return Object.fromEntries(fields.map((field) => [field.key, settingOf(config, field) ?? field.default]))
}

function describeLayer(site: LayerSite): LayerDescription {
  const { node, shapes } = site
  const problems: LayerProblem[] = [...nameProblems(site), ...connectionProblems(site)]
  const inputShapes = node.inputs.slice(0, MAX_INPUTS).map((name) => shapes.get(name) ?? null)
  const blank = { name: node.name, type: node.type, inputShape: inputShapes[0] ?? null, inputShapes, outputShape: null }
  const nothing = { ...blank, activations: 0, parameters: 0, multiplyAdds: 0, tensors: [], buffers: [], problems }
  const layer = findLayerSpec(node.type)
  if (layer === undefined) {
    const known = layerSpecs.map((known) => known.type).join(', ')
    problems.push({
      field: null,
      code: 'unknown-layer-type',
      message: `There is no layer type ${quoted(node.type)}; known are ${known}.`
    })
    return nothing
  }
  problems.push(...countProblems(layer, node), ...configProblems(layer, node.config))
  const known = inputShapes.filter((shape) => shape !== null)
  if (problems.some(({ field }) => field !== 'name') || known.length < inputShapes.length) return nothing
  const config = completeConfig(layer.fields, node.config)
  try {
    const outputShape = layer.inferShape(known, config)
    const named = ({ name, help: _help, ...spec }: ParameterSpec) => {
      return { name: `${node.name}.${name}`, layer: node.name, ...spec }
    }
    const tensors = layer.parameters(known, config).map(named)
    const buffers = (layer.buffers?.(known, config) ?? []).map(named)
    const parameters = tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
    const mistakes = shapeProblems('Its output', outputShape)
    problems.push(...mistakes, ...sizeProblems(parameters, site.parametersBefore))
    return {
      ...blank,
      outputShape: mistakes.length > 0 ? null : outputShape,
      activations: mistakes.length > 0 ? 0 : sizeOf(outputShape),
      parameters,
      multiplyAdds: layer.multiplyAdds(known, config),
      tensors,
      buffers,
      problems
    }
  } catch (error) {
    if (!(error instanceof StudioError)) throw error
    problems.push(inputProblem(error, node))
    return nothing
  }
}

/** A layer's error about its inputs; of several, the one at fault is named. */
function inputProblem({ code, message, details }: StudioError, node: LayerNode): LayerProblem {
  const { input } = details
  if (typeof input !== 'number') return { field: null, code, message }
  const names = [node.inputs[0], node.inputs[input]].map(
    (name, i) => `${i === 0 ? 1 : input + 1} is ${quoted(name ?? '')}`
  )
  return { field: 'inputs', code, message: `${message} (Input ${names.join(', input ')}.)` }
}

/** The network's answer is one size per row: values, or a number for each class. */
function asOutput(layer: LayerDescription): LayerDescription {
  const { outputShape } = layer
  if (outputShape === null || outputShape.length === 1) return layer
  const message = `The network's output must have one size per row, got ${showBatchShape(outputShape)}; put a Flatten and a Dense layer after it.`
  return { ...layer, problems: [...layer.problems, { field: null, code: 'shape-mismatch', message }] }
}
