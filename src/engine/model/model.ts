/** Networks ready to be computed, and their parameters. */
import { ConfigError, ShapeError } from '../../shared/errors'
import type { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'
import { initializerNamed } from '../initializers'
import type { LayerContext } from '../layers'
import { RandomStream, streamKey } from '../random/stream'
import { INPUT, type LayerNode, type ModelSpec } from '../spec'
import { sameShape, showShape, sizeOf, zeros, type Tensor } from '../tensor/tensor'
import { completeConfig, describeModel, findLayerSpec, type LayerProblem, type ParameterInfo } from './describe'

/** Trained tensors and buffers by name: `dense1.weight`, `norm1.running_mean` → … */
export type Parameters = ReadonlyMap<string, Tensor>

/** A checked network. Make it with `compileModel`. */
export interface Model {
  /** As given, with every setting's default written out. */
  readonly spec: ModelSpec
  /** Trained, in the order of the layers. */
  readonly parameters: readonly ParameterInfo[]
  /** Kept and saved but not trained, in the order of the layers. */
  readonly buffers: readonly ParameterInfo[]
}

/** All that a trained network keeps: parameters, then buffers. */
export function keptTensors({ parameters, buffers }: Model): readonly ParameterInfo[] {
  return [...parameters, ...buffers]
}

/**
 * Checks a network and works out its parameters.
 * @throws ShapeError, ConfigError for the first mistake `describeModel` finds, naming the layer
 */
export function compileModel(spec: ModelSpec): Model {
  const description = describeModel(spec)
  description.problems.forEach((problem) => fail('model', problem, {}))
  description.layers.forEach(({ name, problems }, i) => {
    problems.forEach((problem) => fail(`layer ${i + 1} "${name}"`, problem, { layer: name }))
  })
  const layers = spec.layers.map((node) => ({ ...node, config: completeConfig(layerOf(node).fields, node.config) }))
  return {
    spec: { ...spec, layers },
    parameters: description.layers.flatMap((layer) => layer.tensors),
    buffers: description.layers.flatMap((layer) => layer.buffers)
  }
}

function fail(place: string, { code, message, field }: LayerProblem, details: Readonly<Record<string, string>>): never {
  const ErrorOfKind = code === 'shape-mismatch' ? ShapeError : ConfigError
  throw new ErrorOfKind(code, `${place}: ${message}`, { ...details, field })
}

function layerOf(node: LayerNode) {
  const layer = findLayerSpec(node.type)
  if (layer === undefined)
    throw new ConfigError('unknown-layer-type', `layer "${node.name}": unknown type "${node.type}".`)
  return layer
}

/**
 * First parameters and buffers. Each tensor has a random stream of its own, known by (seed, its name), so adding a layer
 * does not change the others' weights.
 * @param seed whole number from 0 to 2³² − 1
 */
export function initializeParameters(model: Model, seed: number): Parameters {
  return new Map(
    keptTensors(model).map(({ name, shape, initializer, initialWeight, zeroRows = 0 }) => {
      const values = zeros(shape)
      const random = new RandomStream(seed, `initialize/${name}`)
      initializerNamed(initializer).fill(values.data, shape, random, initialWeight)
      values.data.fill(0, 0, zeroRows * sizeOf(shape.slice(1)))
      return [name, values]
    })
  )
}

/** A step of training, as layers see it that act differently then. */
export interface TrainingPass {
  /** Of the run: whole number from 0 to 2³² − 1. */
  readonly seed: number
  /** Scalars `[]`: the number of the step, as `stepScalars` splits it. */
  readonly step: readonly NodeId[]
  /** Is told what each buffer becomes after the step. */
  updateBuffer(name: string, value: NodeId): void
}

/**
 * Adds a network's forward pass to a graph: its parameters and buffers as sources of their names, its layers as
 * primitives, each under the scope of its layer.
 * @param input [N, …inputShape]
 * @param pass the step of training; null where the network answers
 * @returns the output layer's node (logits, for classes)
 */
export function buildModel(graph: GraphBuilder, model: Model, input: NodeId, pass: TrainingPass | null = null): NodeId {
  return lookUp(buildLayers(graph, model, input, pass), model.spec.output)
}

/**
 * As `buildModel`.
 * @param preActivations is given, by the name of each layer with an activation, what that is applied to
 * @returns the node of each layer's output by the layer's name, and the input by its own
 */
export function buildLayers(
  graph: GraphBuilder,
  model: Model,
  input: NodeId,
  pass: TrainingPass | null = null,
  preActivations: Map<string, NodeId> = new Map()
): ReadonlyMap<string, NodeId> {
  const outputs = new Map<string, NodeId>([[INPUT, input]])
  const [parameters, buffers] = [byLayer(model.parameters), byLayer(model.buffers)]
  for (const node of model.spec.layers) {
    graph.within(node.name, () => {
      const own = (of: ReadonlyMap<string, readonly ParameterInfo[]>) => of.get(node.name) ?? []
      const sources = new Map([
        ...own(parameters).map(({ name, shape }) => [name, graph.parameter(name, shape)] as const),
        ...own(buffers).map(({ name, shape }) => [name, graph.buffer(name, shape)] as const)
      ])
      const source = (name: string) => lookUp(sources, `${node.name}.${name}`)
      const inputs = node.inputs.map((name) => lookUp(outputs, name))
      const preActivation = (z: NodeId) => void preActivations.set(node.name, z)
      const context = { graph, parameter: source, buffer: source, preActivation, ...passOf(graph, node.name, pass) }
      outputs.set(node.name, layerOf(node).build(context, inputs, node.config))
    })
  }
  return outputs
}

function byLayer(infos: readonly ParameterInfo[]): ReadonlyMap<string, readonly ParameterInfo[]> {
  const groups = new Map<string, ParameterInfo[]>()
  for (const info of infos) {
    const group = groups.get(info.layer)
    if (group === undefined) groups.set(info.layer, [info])
    else group.push(info)
  }
  return groups
}

/** The parts of a layer's context that only a step of training has. */
function passOf(
  graph: GraphBuilder,
  layer: string,
  pass: TrainingPass | null
): Pick<LayerContext, 'training' | 'updateBuffer' | 'keepMask'> {
  const needed = (): TrainingPass => {
    if (pass === null) throw new Error(`Layer "${layer}" asks for what only a step of training has`)
    return pass
  }
  return {
    training: pass !== null,
    updateBuffer: (name, value) => needed().updateBuffer(`${layer}.${name}`, value),
    keepMask(shape, probability) {
      const { seed, step } = needed()
      return graph.apply('keepMask', step, { shape, probability, key: streamKey(seed, `keep/${layer}`) })
    }
  }
}

function lookUp(nodes: ReadonlyMap<string, NodeId>, name: string): NodeId {
  const id = nodes.get(name)
  if (id === undefined) throw new Error(`The model has no "${name}": compile it first`)
  return id
}

/** @throws ShapeError `parameters-mismatch` when a parameter is missing, too many or of another shape */
export function checkParameters(model: Model, parameters: Parameters): void {
  for (const { name, shape } of keptTensors(model)) {
    const got = parameters.get(name)
    if (got === undefined || !sameShape(got.shape, shape)) {
      const found = got === undefined ? 'none' : showShape(got.shape)
      throw new ShapeError(
        'parameters-mismatch',
        `Parameter "${name}" must be ${showShape(shape)}, got ${found}; the weights are of another model.`
      )
    }
  }
  const known = new Set(keptTensors(model).map(({ name }) => name))
  const extra = [...parameters.keys()].find((name) => !known.has(name))
  if (extra !== undefined) {
    throw new ShapeError(
      'parameters-mismatch',
      `The model has no parameter "${extra}"; the weights are of another model.`
    )
  }
}

/** Each value rounded to the nearest float32, in new tensors: what is saved and exported. */
export function roundToFloat32(parameters: Parameters): Parameters {
  return new Map([...parameters].map(([name, { shape, data }]) => [name, { shape, data: data.map(Math.fround) }]))
}
