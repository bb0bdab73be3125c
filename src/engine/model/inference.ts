/** Networks as they are used: the graph that exporters walk, and prediction. */
import { ConfigError } from '../../shared/errors'
import { GraphBuilder } from '../graph/builder'
import type { Graph, NodeId } from '../graph/graph'
import { lossFor, type LossName } from '../losses'
import { applyLink } from '../losses/loss'
import { INPUT, type Task } from '../spec'
import { describeModel } from './describe'
import { buildModel, type Model } from './model'

export interface InferenceGraph {
  /** One `input` source named `input` [rows, …inputShape], the parameters, primitives. */
  readonly graph: Graph
  /** link(logits) [rows, K]: values, or probabilities. */
  readonly output: NodeId
  /** The network's raw output [rows, K]. */
  readonly logits: NodeId
}

/**
 * The graph from rows to what is predicted. The same primitives as in training, so what is exported is what was
 * trained. The link belongs to the scope `loss`.
 * @throws ConfigError when the loss does not serve the task
 */
export function inferenceGraph(model: Model, loss: LossName, task: Task, rows: number): InferenceGraph {
  const graph = new GraphBuilder()
  const input = graph.input(INPUT, [rows, ...model.spec.inputShape])
  const logits = buildModel(graph, model, input)
  const output = graph.within('loss', () => applyLink(graph, lossFor(loss, task).link(task), logits))
  return { graph: graph.graph, output, logits }
}

/**
 * Checks that a network has the outputs that its loss needs.
 * @param classes K; 1 for regression
 * @throws ConfigError `output-units-mismatch` when they are not what the loss needs for the task and its classes
 */
export function checkOutputs(model: Model, loss: LossName, task: Task, classes: number): void {
  const expected = lossFor(loss, task).outputUnits(task, classes)
  const got = outputUnits(model)
  if (got !== expected) {
    throw new ConfigError(
      'output-units-mismatch',
      `layer "${model.spec.output}": the loss "${loss}" for ${task} needs ${expected} outputs, got ${got}; set units to ${expected}.`,
      { layer: model.spec.output }
    )
  }
}

/** K: numbers the network gives for one row. */
export function outputUnits(model: Model): number {
  const output = describeModel(model.spec).layers.find(({ name }) => name === model.spec.output)
  return output?.outputShape?.[0] ?? 1
}
