/** What a loss declares. */
import type { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'
import type { Config, Field } from '../fields'
import type { Task } from '../spec'

/** How the network's raw outputs (logits) become values or probabilities. */
export type Link = 'identity' | 'sigmoid' | 'softmax'

/** What a loss is given besides outputs and targets. */
export interface LossSettings {
  /** Its own settings, parsed: every field is there and in range. */
  readonly config: Config
  /** A factor > 0 of the loss of each class's rows, K of them; null for none. Classes alone. */
  readonly classWeights: readonly number[] | null
}

export interface LossSpec<Name extends string = string> {
  readonly name: Name
  readonly label: string
  readonly summary: string
  /** The loss of one row, for people; without class weights. */
  readonly formula: string
  readonly fields: readonly Field[]
  /** Tasks it serves. */
  readonly tasks: readonly Task[]
  /** Units the output layer needs. `classes` is K; 1 for regression. */
  outputUnits(task: Task, classes: number): number
  link(task: Task): Link
  /**
   * What the mean is taken over: the number of rows, or the sum of their class weights, which makes a weighted mean of
   * it. The same without class weights.
   */
  readonly meanOver: 'rows' | 'class weights'
  /**
   * Adds the mean loss of a batch to the graph: a scalar `[]`. Built on logits, so it stays finite where the
   * link would round to 0 or 1.
   * @param logits [N, outputUnits]
   * @param targets [N, 1]: the value (regression) or the class index
   */
  build(graph: GraphBuilder, task: Task, logits: NodeId, targets: NodeId, settings: LossSettings): NodeId
}

/** Adds link(logits) to the graph; identity adds nothing. */
export function applyLink(graph: GraphBuilder, link: Link, logits: NodeId): NodeId {
  return link === 'identity' ? logits : graph.apply(link, [logits])
}

/** Probability of the second class alone for two, of each class otherwise, the value for regression. */
export function unitsWithOneForBinary(task: Task, classes: number): number {
  return task === 'multi-class' ? classes : 1
}
