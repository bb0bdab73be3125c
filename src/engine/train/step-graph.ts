/** One step of training as one graph: forward, loss, backward, update. And its first half alone, for judging. */
import { gradients } from '../backprop/gradients'
import type { Config } from '../fields'
import { GraphBuilder } from '../graph/builder'
import type { Graph, NodeId } from '../graph/graph'
import { lossFor, type LossName } from '../losses'
import { applyLink } from '../losses/loss'
import { buildModel, type Model } from '../model/model'
import type { OptimizerSpec } from '../optimizers'
import { INPUT, type Task } from '../spec'

/** The source in training and evaluation graphs that takes targets [N, 1]. */
export const TARGETS = 'targets'

export interface ParameterUpdate {
  readonly name: string
  readonly layer: string
  readonly gradient: NodeId
  /** The parameter after the step. */
  readonly parameter: NodeId
  /** The optimizer's state of it after the step, with the sources the state is fed to. */
  readonly state: readonly { readonly source: string; readonly node: NodeId }[]
}

export interface ForwardGraph {
  readonly graph: Graph
  /** Mean loss of the batch: a scalar `[]`. */
  readonly loss: NodeId
  /** After the link [N, K]. */
  readonly output: NodeId
}

export interface StepGraph extends ForwardGraph {
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
  const { loss: mean, output } = addForward(graph, model, loss, task, rows)
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

/** Outputs and loss of a batch. Sources: `input` [rows, …], `targets` [rows, 1] and the parameters. */
export function forwardGraph(model: Model, loss: LossName, task: Task, rows: number): ForwardGraph {
  const graph = new GraphBuilder()
  return { ...addForward(graph, model, loss, task, rows), graph: graph.graph }
}

function addForward(
  graph: GraphBuilder,
  model: Model,
  loss: LossName,
  task: Task,
  rows: number
): Omit<ForwardGraph, 'graph'> {
  const logits = buildModel(graph, model, graph.input(INPUT, [rows, ...model.spec.inputShape]))
  const spec = lossFor(loss, task)
  return graph.within('loss', () => ({
    output: applyLink(graph, spec.link(task), logits),
    loss: spec.build(graph, task, logits, graph.input(TARGETS, [rows, 1]))
  }))
}
