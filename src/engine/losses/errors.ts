/** What losses of values share. */
import type { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'

/** |predicted − expected|, as e · sign e: its derivative at e = 0 is 0, as in PyTorch. */
export function absoluteError(graph: GraphBuilder, predicted: NodeId, expected: NodeId): NodeId {
  const error = graph.apply('subtract', [predicted, expected])
  return graph.apply('multiply', [error, graph.apply('sign', [error])])
}
