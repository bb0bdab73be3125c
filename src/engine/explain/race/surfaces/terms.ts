/** Terms that several surfaces have in common, as nodes of the graph. */
import type { GraphBuilder } from '../../../graph/builder'
import type { NodeId } from '../../../graph/graph'
import { plus, times } from '../../../optimizers/terms'

export { plus, times }

export function square(graph: GraphBuilder, x: NodeId): NodeId {
  return graph.apply('square', [x])
}

/** The sum of two or more. */
export function sum(graph: GraphBuilder, first: NodeId, ...others: readonly NodeId[]): NodeId {
  return others.reduce((total, each) => graph.apply('add', [total, each]), first)
}

export function product(graph: GraphBuilder, one: NodeId, other: NodeId): NodeId {
  return graph.apply('multiply', [one, other])
}
