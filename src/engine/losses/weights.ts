/** How much rows count: by their class, and each by itself. */
import type { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'
import type { Tensor } from '../tensor/tensor'
import type { LossSettings, LossSpec } from './loss'

/** The weights of the classes as one row [1, K]. */
export function weightRow(graph: GraphBuilder, weights: readonly number[]): NodeId {
  return graph.constant([1, weights.length], weights)
}

/**
 * Each row's loss times the weight of its class and its own; as it is where there are no weights.
 * @param ofRows [N, …]
 * @param targets [N, 1]: class indices, where classes have weights
 * @param rowWeights [N, 1], or null for none
 */
export function weighted(
  graph: GraphBuilder,
  ofRows: NodeId,
  targets: NodeId,
  settings: Pick<LossSettings, 'classWeights'>,
  rowWeights: NodeId | null
): NodeId {
  const ofClasses = timesClassWeights(graph, ofRows, targets, settings)
  return rowWeights === null ? ofClasses : graph.apply('multiply', [ofClasses, rowWeights])
}

function timesClassWeights(
  graph: GraphBuilder,
  ofRows: NodeId,
  targets: NodeId,
  { classWeights }: Pick<LossSettings, 'classWeights'>
): NodeId {
  if (classWeights === null) return ofRows
  const right = graph.apply('oneHot', [targets], { classes: classWeights.length })
  const ofClass = graph.apply('multiply', [right, weightRow(graph, classWeights)])
  return graph.apply('multiply', [ofRows, graph.apply('sum', [ofClass], { axes: [1], keepDims: true })])
}

/**
 * What rows count in the mean of a loss. Means of parts, each times this, add up to the whole's mean times its own. Row
 * weights are factors within the mean, so they do not change what it is taken over.
 * @param targets [N, W]: class indices where classes have weights
 */
export function meanWeight(
  { meanOver }: Pick<LossSpec, 'meanOver'>,
  { classWeights }: Pick<LossSettings, 'classWeights'>,
  { shape: [rows = 0], data }: Tensor
): number {
  if (meanOver === 'rows' || classWeights === null) return rows
  return data.reduce((sum, target) => sum + (classWeights[target] ?? NaN), 0)
}
