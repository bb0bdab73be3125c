/** What a loss declares. */
import type { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'
import type { Config, Field } from '../fields'
import type { Task } from '../spec'
import type { LossTex, OutputRow } from './derivation'

/** How the network's raw outputs (logits) become values or probabilities. */
export type Link = 'identity' | 'sigmoid' | 'softmax'

/** What a loss is given besides outputs and targets. */
export interface LossSettings {
  /** Its own settings, parsed: every field is there and in range. */
  readonly config: Config
  /** A factor > 0 of the loss of each class's rows, K of them; null for none. Binary and multi-class alone. */
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
  /**
   * Units the output layer needs.
   * @param answers K classes (binary, multi-class); T values or labels (regression, multi-label)
   */
  outputUnits(task: Task, answers: number): number
  link(task: Task): Link
  /**
   * What the mean is taken over: the number of rows, or the sum of their class weights, which makes a weighted mean of
   * it. The same without class weights. Row weights never count here.
   */
  readonly meanOver: 'rows' | 'class weights'
  /** E of one row alone and δ at the output, as equations. @param outputs K, the units of the output layer */
  tex(task: Task, outputs: number, settings: LossSettings): LossTex
  /** δ = ∂E/∂z of every output, of one row alone, by the closed form that `tex` shows; K of them. */
  deltaOf(task: Task, row: OutputRow, settings: LossSettings): readonly number[]
  /**
   * Adds the mean loss of a batch to the graph: a scalar `[]`. Built on logits, so it stays finite where the
   * link would round to 0 or 1.
   * @param logits [N, outputUnits]
   * @param targets [N, T]: the values (regression), or 0 or 1 of each label (multi-label); [N, 1]: the class index
   * @param rowWeights [N, 1], factors of the rows' losses in the mean: (1/N) Σ w · L(row); null for none, which adds nothing
   */
  build(
    graph: GraphBuilder,
    task: Task,
    logits: NodeId,
    targets: NodeId,
    settings: LossSettings,
    rowWeights: NodeId | null
  ): NodeId
}

/** Adds link(logits) to the graph; identity adds nothing. */
export function applyLink(graph: GraphBuilder, link: Link, logits: NodeId): NodeId {
  return link === 'identity' ? logits : graph.apply(link, [logits])
}

/** One output for each answer; two classes need only the probability of the second. */
export function unitsWithOneForBinary(task: Task, answers: number): number {
  return task === 'binary' ? 1 : answers
}
