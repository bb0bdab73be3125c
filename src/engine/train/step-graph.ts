/** One step of training as one graph: forward, loss, backward, update. */
import { gradients } from '../backprop/gradients'
import type { Config } from '../fields'
import { GraphBuilder } from '../graph/builder'
import type { Graph, NodeId } from '../graph/graph'
import { lossFor, type LossName } from '../losses'
import { applyLink } from '../losses/loss'
import { buildModel, type Model } from '../model/model'
import type { OptimizerSpec } from '../optimizers'
import { INPUT, type Task } from '../spec'
import { TARGETS } from './evaluator'

export interface ParameterUpdate {
  readonly name: string
  readonly layer: string
  readonly gradient: NodeId
  /** The parameter after the step. */
  readonly parameter: NodeId
  /** The optimizer's state of it after the step, with the sources the state is fed to. */
  readonly state: readonly { readonly source: string; readonly node: NodeId }[]
}

export interface StepGraph {
  readonly graph: Graph
  /** Mean loss of the batch: a scalar `[]`. */
  readonly loss: NodeId
  /** After the link [N, K]. */
  readonly output: NodeId
  readonly updates: readonly ParameterUpdate[]
}

/** The source of a number that the optimizer is given at each step. */
export function scalarSource(name: string): string {
  return `optimizer.${name}`
}

/** The source of what the optimizer remembers of a parameter. */
export function stateSource(slot: string, parameter: string): string {
  return `optimizer.${slot}.${parameter}`
}

/**
 * Sources: `input` [rows, …], `targets` [rows, 1], the parameters, and the optimizer's scalars and state. Updates
 * belong to the scope `optimizer`; gradients to the scope of the layer they are of.
 */
export function stepGraph(
  model: Model,
  loss: LossName,
  task: Task,
  optimizer: OptimizerSpec,
  config: Config,
  rows: number
): StepGraph {
  const graph = new GraphBuilder()
  const logits = buildModel(graph, model, graph.input(INPUT, [rows, ...model.spec.inputShape]))
  const spec = lossFor(loss, task)
  const { output, mean } = graph.within('loss', () => ({
    output: applyLink(graph, spec.link(task), logits),
    mean: spec.build(graph, task, logits, graph.input(TARGETS, [rows, 1]))
  }))
  const sources = graph.nodes.filter((node) => node.op === 'parameter')
  const byParameter = gradients(
    graph,
    mean,
    sources.map((node) => node.id)
  )
  const updates = graph.within('optimizer', () => {
    const scalars = optimizer.scalars(config, 1).map(({ name }) => graph.input(scalarSource(name), []))
    return sources.map(({ id, name, shape, scope }, i) => {
      const gradient = byParameter[i] ?? id
      const slots = optimizer.init(shape, config).map((slot) => stateSource(slot.name, name))
      const state = slots.map((source) => graph.input(source, shape))
      const moved = optimizer.apply(graph, { parameter: id, gradient, state, scalars }, config)
      const next = moved.state.map((node, slot) => ({ source: slots[slot] ?? '', node }))
      return { name, layer: scope, gradient, parameter: moved.parameter, state: next }
    })
  })
  return { graph: graph.graph, loss: mean, output, updates }
}
