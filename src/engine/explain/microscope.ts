/** One step of training held still: everything between its input and its new weights, in float64. */
import { activationNamed } from '../activations'
import { gradients } from '../backprop/gradients'
import { centralDifference } from '../backprop/gradient-check'
import { ReferenceProgram } from '../executors/reference/program'
import { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'
import { completeConfig, findLayerSpec } from '../model/describe'
import type { ParameterInfo } from '../model/describe'
import { INPUT, type LayerNode, type Shape } from '../spec'
import { sizeOf, type Tensor } from '../tensor/tensor'
import {
  explainedStep,
  stateSource,
  TARGETS,
  type ExplainedStep,
  type StepProblem,
  type StepScalar
} from '../train/step-graph'

export interface MicroscopeSubject {
  readonly problem: StepProblem
  /** Parameters and buffers by their names and the optimizer's state by `stateSource`, before the step. */
  readonly held: ReadonlyMap<string, Float64Array>
  readonly scalars: readonly StepScalar[]
  /** Its number over the run, from 1. */
  readonly step: number
  /** t in the optimizer’s equations, from 1. */
  readonly ofOptimizer: number
  readonly learningRate: number
  /** [N, …inputShape] */
  readonly input: Tensor
  /** [N, W], as `fedTargets` gives them. */
  readonly targets: Tensor
  /** Layers act as in a step of training; see `explainedStep`. */
  readonly asTraining: boolean
}

/** A layer as one row goes through it, and its error comes back. */
export interface ExplainedLayer {
  readonly layer: string
  readonly type: string
  /** Of y = f(z); null for layers without one. */
  readonly activation: string | null
  readonly inputs: readonly string[]
  /** Of the row's output. */
  readonly shape: Shape
  /** What the activation is applied to, row-major; null for layers without one. */
  readonly z: Float64Array | null
  /** What the layer puts out; of the output layer what the network answers, after the link of its loss. */
  readonly a: Float64Array
  /** f′(z); null where there is no activation, or one whose units depend on one another (softmax). */
  readonly slope: Float64Array | null
  /** ∂E/∂a; of the output layer before the link, where it is δ. */
  readonly gradient: Float64Array
  /** δ = ∂E/∂z; null for layers without an activation. */
  readonly delta: Float64Array | null
  readonly parameters: readonly { readonly name: string; readonly shape: Shape }[]
}

/** A parameter and what one step does to it. */
export interface ExplainedParameter {
  readonly name: string
  readonly shape: Shape
  readonly before: Float64Array
  /** ∂E/∂w of the whole batch. */
  readonly gradient: Float64Array
  /** The same with penalties and within bounds: what the optimizer takes. */
  readonly taken: Float64Array
  readonly after: Float64Array
  /** What the optimizer remembers, by the name of each slot. */
  readonly state: readonly { readonly slot: string; readonly before: Float64Array; readonly after: Float64Array }[]
}

/** The gradient of one number by backpropagation and by central differences. */
export interface DifferenceCheck {
  readonly analytic: number
  readonly numeric: number
  /** |analytic − numeric| / max(|analytic|, |numeric|); 0 where both are 0. */
  readonly relativeError: number
}

export class Microscope {
  readonly subject: MicroscopeSubject
  /** Rows of the batch. */
  readonly rows: number
  readonly #step: ExplainedStep
  readonly #program: ReferenceProgram
  readonly #feeds: Map<string, Float64Array>
  /** The forward pass alone, for differences; made at the first one. */
  #forward: ReferenceProgram | null = null

  constructor(subject: MicroscopeSubject) {
    this.subject = subject
    const { problem, held, scalars, input, targets, asTraining } = subject
    this.rows = input.shape[0] ?? 0
    const step = explainedStep(problem, this.rows, { asTraining, of: ['layers', 'preActivations'] })
    this.#step = step
    const moved = step.updates.flatMap(({ parameter, state }) => [parameter, ...state.map(({ node }) => node)])
    const between = [...step.layers.values(), ...step.preActivations.values(), ...step.gradients.values()]
    this.#program = new ReferenceProgram(step.graph, [
      ...new Set([step.loss, step.logits, step.output, ...between, ...step.taken.values(), ...moved])
    ])
    this.#feeds = new Map(held).set(INPUT, input.data).set(TARGETS, targets.data)
    for (const { source, value } of scalars) this.#feeds.set(source, Float64Array.of(value))
    this.#program.run(this.#feeds)
  }

  /** E: mean loss of the batch, without penalties. */
  get loss(): number {
    return this.#program.value(this.#step.loss)[0] ?? NaN
  }

  /** What the network answers for a row of the batch, after the link [K]. */
  answer(row: number): Float64Array {
    return this.#ofRow(this.#step.output, row)
  }

  /** The same before the link. */
  logits(row: number): Float64Array {
    return this.#ofRow(this.#step.logits, row)
  }

  /** The targets of a row, as they are prepared, and behind them its weight where rows have weights. */
  target(row: number): Float64Array {
    const { shape, data } = this.subject.targets
    const [, width = 1] = shape
    return data.slice(row * width, (row + 1) * width)
  }

  /** The row as it goes into the network. */
  input(row: number): Float64Array {
    return this.#ofRow(this.#nodeOf(INPUT), row)
  }

  /** ∂E/∂x of the row's input. */
  inputGradient(row: number): Float64Array {
    return this.#ofRow(this.#gradientOf(this.#nodeOf(INPUT)), row)
  }

  /** Every layer in the order of the network. @param row of the batch */
  layers(row: number): readonly ExplainedLayer[] {
    return this.subject.problem.model.spec.layers.map((node) => this.#layer(node, row))
  }

  layer(name: string, row: number): ExplainedLayer {
    return this.#layer(this.nodeNamed(name), row)
  }

  nodeNamed(name: string): LayerNode {
    const node = this.subject.problem.model.spec.layers.find((each) => each.name === name)
    if (node === undefined) throw new Error(`The network has no layer "${name}"`)
    return node
  }

  #layer(node: LayerNode, row: number): ExplainedLayer {
    const { model } = this.subject.problem
    const output = this.#nodeOf(node.name)
    const z = this.#step.preActivations.get(node.name)
    const activation = activationOf(node)
    return {
      layer: node.name,
      type: node.type,
      activation,
      inputs: node.inputs,
      shape: this.#step.graph.nodes[output]?.shape.slice(1) ?? [],
      z: z === undefined ? null : this.#ofRow(z, row),
      a: node.name === model.spec.output ? this.answer(row) : this.#ofRow(output, row),
      slope: z === undefined || activation === null ? null : slopeOf(activation, this.#ofRow(z, row)),
      gradient: this.#ofRow(this.#gradientOf(output), row),
      delta: z === undefined ? null : this.#ofRow(this.#gradientOf(z), row),
      parameters: parametersOf(model.parameters, node.name).map(({ name, shape }) => ({ name, shape }))
    }
  }

  /** @param name as `dense1.weight` */
  parameter(name: string): ExplainedParameter {
    const { model, optimizer, config } = this.subject.problem
    const update = this.#step.updates.find((each) => each.name === name)
    const shape = model.parameters.find((each) => each.name === name)?.shape
    const taken = this.#step.taken.get(name)
    if (update === undefined || shape === undefined || taken === undefined) {
      throw new Error(`The network has no parameter "${name}"`)
    }
    const slots = optimizer.init(shape, config)
    return {
      ...{ name, shape },
      before: this.#held(name),
      gradient: this.#program.value(update.gradient).slice(),
      taken: this.#program.value(taken).slice(),
      after: this.#program.value(update.parameter).slice(),
      state: slots.map(({ name: slot }, i) => ({
        slot,
        before: this.#held(stateSource(slot, name)),
        after: this.#program.value(update.state[i]?.node ?? NaN).slice()
      }))
    }
  }

  /** ∂E/∂w of one number of a parameter, of the batch, by backpropagation and by central differences. */
  check(name: string, index: number): DifferenceCheck {
    const analytic = this.parameter(name).gradient[index] ?? NaN
    const forward = (this.#forward ??= new ReferenceProgram(this.#step.graph, [this.#step.loss]))
    const point = this.#held(name)
    const moved = new Map(this.#feeds).set(name, point)
    const x = point[index] ?? NaN
    const numeric = centralDifference((changed) => {
      point[index] = changed
      forward.run(moved)
      return forward.value(this.#step.loss)[0] ?? NaN
    }, x)
    const scale = Math.max(Math.abs(analytic), Math.abs(numeric))
    return { analytic, numeric, relativeError: scale === 0 ? 0 : Math.abs(analytic - numeric) / scale }
  }

  #held(source: string): Float64Array {
    const values = this.#feeds.get(source)
    if (values === undefined) throw new Error(`Nothing is held of "${source}"`)
    return values.slice()
  }

  #nodeOf(layer: string): NodeId {
    const node = this.#step.layers.get(layer)
    if (node === undefined) throw new Error(`The network has no layer "${layer}"`)
    return node
  }

  #gradientOf(node: NodeId): NodeId {
    const gradient = this.#step.gradients.get(node)
    if (gradient === undefined) throw new Error(`Node ${node} was not differentiated`)
    return gradient
  }

  /** A row of a node [N, …]. */
  #ofRow(node: NodeId, row: number): Float64Array {
    const size = sizeOf(this.#step.graph.nodes[node]?.shape.slice(1) ?? [])
    return this.#program.value(node).slice(row * size, (row + 1) * size)
  }
}

function activationOf(node: LayerNode): string | null {
  const fields = findLayerSpec(node.type)?.fields ?? []
  const name = completeConfig(fields, node.config)['activation']
  return typeof name === 'string' ? name : null
}

function parametersOf(infos: readonly ParameterInfo[], layer: string): readonly ParameterInfo[] {
  return infos.filter((info) => info.layer === layer)
}

/** f′ at each z, by backpropagation through f alone; null where the answers depend on one another. */
function slopeOf(activation: string, z: Float64Array): Float64Array | null {
  if (activation === 'softmax') return null
  const graph = new GraphBuilder()
  const input = graph.input('z', [z.length])
  const total = graph.apply('sum', [activationNamed(activation).build(graph, input)], { axes: [0], keepDims: false })
  const [slope = total] = gradients(graph, total, [input])
  const program = new ReferenceProgram(graph.graph, [slope])
  program.run(new Map([['z', z]]))
  return program.value(slope).slice()
}
