/** Class weights: how much each class's rows count. */
import type { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'
import type { LossSettings, LossSpec } from './loss'

/** The weights of the classes as one row [1, K]. */
export function weightRow(graph: GraphBuilder, weights: readonly number[]): NodeId {
  return graph.constant([1, weights.length], weights)
}

/**
 * Each row's loss times the weight of its class; as it is where there are no weights.
 * @param ofRows [N, …]
 * @param targets [N, 1]: class indices
 */
export function weighted(
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
 * What rows count in the mean of a loss. Means of parts, each times this, add up to the whole's mean times its own.
 * @param targets class indices, or values
 */
export function meanWeight(
  { meanOver }: Pick<LossSpec, 'meanOver'>,
  { classWeights }: Pick<LossSettings, 'classWeights'>,
  targets: Float64Array
): number {
  if (meanOver === 'rows' || classWeights === null) return targets.length
  return targets.reduce((sum, target) => sum + (classWeights[target] ?? NaN), 0)
}
