/** Networks as they are used: the graph that exporters walk, and prediction. */
import { ConfigError } from '../../shared/errors'
import { GraphBuilder } from '../graph/builder'
import type { Graph, NodeId } from '../graph/graph'
import { lossFor, type LossName } from '../losses'
import { applyLink } from '../losses/loss'
import { INPUT, type Task } from '../spec'
import { describeModel, findLayerSpec } from './describe'
import { buildModel, type Model } from './model'

/** The source of `linkGraph`. */
export const LOGITS = 'logits'

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

/** The end of `inferenceGraph` alone: `logits` [rows, K] → what is predicted [rows, K]. */
export function linkGraph(
  model: Model,
  loss: LossName,
  task: Task,
  rows: number
): Pick<InferenceGraph, 'graph' | 'output'> {
  const graph = new GraphBuilder()
  const logits = graph.input(LOGITS, [rows, outputUnits(model)])
  const output = applyLink(graph, lossFor(loss, task).link(task), logits)
  return { graph: graph.graph, output }
}

/**
 * Checks that a network has the outputs that its loss needs.
 * @param answers K classes (binary, multi-class); T values or labels (regression, multi-label)
 * @throws ConfigError `output-units-mismatch` when they are not what the loss needs for the task and its answers
 */
export function checkOutputs(model: Model, loss: LossName, task: Task, answers: number): void {
  const expected = lossFor(loss, task).outputUnits(task, answers)
  const got = outputUnits(model)
  if (got !== expected) {
    throw new ConfigError(
      'output-units-mismatch',
      `layer "${model.spec.output}": the loss "${loss}" for ${task} needs ${expected} ${expected === 1 ? 'output' : 'outputs'}, got ${got}; ${outputAdvice(model, expected)}.`,
      { layer: model.spec.output }
    )
  }
}

function outputAdvice({ spec }: Model, units: number): string {
  const type = spec.layers.find(({ name }) => name === spec.output)?.type ?? ''
  const hasUnits = findLayerSpec(type)?.fields.some(({ key }) => key === 'units') === true
  return hasUnits
    ? `set its units to ${units}`
    : `make a Dense layer with units ${units} and activation "identity" after it the output`
}

/**
 * Checks that a network gives its raw numbers: what makes values or probabilities of them belongs to the loss. After a
 * softmax of one unit, for one, the answer would always be 1.
 * @throws ConfigError `output-activation`
 */
export function checkOutputActivation({ spec }: Model): void {
  const output = spec.layers.find(({ name }) => name === spec.output)
  const { activation } = output?.config ?? {}
  if (output === undefined || activation === undefined || activation === 'identity') return
  const advice =
    output.type === 'activation'
      ? 'leave it out and make the layer before it the output'
      : 'set its activation to "identity"'
  throw new ConfigError(
    'output-activation',
    `layer "${spec.output}": the output layer must be without activation, since the loss turns its numbers into values or probabilities, got ${JSON.stringify(activation)}; ${advice}.`,
    { layer: spec.output, field: 'activation' }
  )
}

/** K: numbers the network gives for one row. */
export function outputUnits(model: Model): number {
  const output = describeModel(model.spec).layers.find(({ name }) => name === model.spec.output)
  return output?.outputShape?.[0] ?? 1
}
