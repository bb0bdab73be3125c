import type { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'
import type { Activation } from './activation'

/** z for z > 0, else e^z − 1: smooth at 0, in (−1, ∞). Clevert, Unterthiner and Hochreiter 2016, α = 1. */
export const elu: Activation<'elu'> = {
  name: 'elu',
  label: 'ELU',
  formula: 'z if z > 0, else e^z − 1',
  derivative: '1 if z > 0, else e^z',
  tex: {
    value: '\\begin{cases} @z & @z > 0 \\\\ e^{@z} - 1 & @z \\le 0 \\end{cases}',
    derivative: '\\begin{cases} 1 & @z > 0 \\\\ e^{@z} & @z \\le 0 \\end{cases}'
  },
  initializer: 'he-uniform',
  build: (graph, z) => exponentialLinear(graph, z, 1, 1)
}

/**
 * positive·z for z > 0, else negative·(e^z − 1), as positive·max(0, z) + negative·(e^min(0, z) − 1). The minimum is
 * z − max(0, z), so that the derivative at 0 is the exponential's.
 */
export function exponentialLinear(graph: GraphBuilder, z: NodeId, positive: number, negative: number): NodeId {
  const above = graph.apply('relu', [z])
  const below = graph.apply('exp', [graph.apply('subtract', [z, above])])
  const curve = graph.apply('affine', [below], { scale: negative, offset: -negative })
  return graph.apply('add', [
    positive === 1 ? above : graph.apply('affine', [above], { scale: positive, offset: 0 }),
    curve
  ])
}
