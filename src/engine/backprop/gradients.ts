/** Backpropagation as a transformation of the graph: reverse-mode automatic differentiation over primitives. */
import { ShapeError } from '../../shared/errors'
import type { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'
import { opNamed } from '../ops'
import { showShape, sizeOf } from '../tensor/tensor'

/**
 * Adds ∂loss/∂w for each w of `wrt` to the graph and gives their nodes, each in the shape of its w.
 *
 * Nodes are walked from the loss back; each node's gradient is the sum of what its users passed back, and its
 * primitive's vjp passes it on. Only nodes between the loss and some w take part. A gradient node belongs to the
 * layer of the forward node it is for. A w the loss does not depend on has gradient zeros.
 * @param loss a scalar `[]`
 * @throws ShapeError `loss-not-scalar`
 */
export function gradients(graph: GraphBuilder, loss: NodeId, wrt: readonly NodeId[]): NodeId[] {
  const lossNode = graph.node(loss)
  if (lossNode.shape.length !== 0) {
    throw new ShapeError(
      'loss-not-scalar',
      `The loss must be a scalar [], got ${showShape(lossNode.shape)}; take its mean.`
    )
  }
  const depends = dependsOn(graph, loss, wrt)
  const received = new Map<NodeId, NodeId>()
  received.set(
    loss,
    graph.within(lossNode.scope, () => graph.constant([], [1]))
  )
  for (let id = loss; id >= 0; id--) {
    const gradient = received.get(id)
    const node = graph.node(id)
    if (gradient === undefined || node.inputs.length === 0) continue
    graph.within(node.scope, () => {
      const needs = node.inputs.map((input) => depends[input] ?? false)
      const { inputs, attributes } = node
      const passed = opNamed(node.op).vjp({ graph, inputs, output: id, attributes, gradient, needs })
      inputs.forEach((input, i) => {
        const part = passed[i] ?? null
        if (part === null || needs[i] !== true) return
        const before = received.get(input)
        received.set(input, before === undefined ? part : graph.apply('add', [before, part]))
      })
    })
  }
  return wrt.map((id) => received.get(id) ?? zerosLike(graph, id))
}

/** For each node up to the loss: whether it is, or is computed from, a node of `wrt`. */
function dependsOn(graph: GraphBuilder, loss: NodeId, wrt: readonly NodeId[]): boolean[] {
  const targets = new Set(wrt)
  const depends: boolean[] = []
  for (let id = 0; id <= loss; id++) {
    depends.push(targets.has(id) || graph.node(id).inputs.some((input) => depends[input] === true))
  }
  return depends
}

function zerosLike(graph: GraphBuilder, id: NodeId): NodeId {
  const { scope, shape } = graph.node(id)
  return graph.within(scope, () => graph.constant(shape, new Float64Array(sizeOf(shape))))
}
