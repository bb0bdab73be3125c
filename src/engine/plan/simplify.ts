/** From a graph to the plan's form: only what is wanted, each thing once, constants folded. */
import { isSource, type Graph, type NodeId } from '../graph/graph'
import { needed } from '../graph/needed'
import { IrBuilder, type IrNode } from './ir'
import { withProductSums } from './products'
import { simplified, splat } from './rules'

export interface Simplified {
  /** In order of evaluation; only nodes that the wanted ones need. Ids are places in the list. */
  readonly nodes: readonly IrNode[]
  /** For each wanted node of the graph, the node that holds its value. */
  readonly of: ReadonlyMap<NodeId, number>
}

export function simplify(graph: Graph, wanted: readonly NodeId[]): Simplified {
  const ir = new IrBuilder()
  const made = new Map<NodeId, number>()
  const known = (id: NodeId) => {
    const node = made.get(id)
    if (node === undefined) throw new Error(`Node ${id} of the graph is used before it is computed`)
    return node
  }
  for (const node of needed(graph.nodes, wanted)) {
    const { id, op, name, shape, attributes, data } = node
    if (isSource(node)) made.set(id, ir.source(op, name, shape))
    else if (data !== undefined) {
      const [first] = data
      const same = first !== undefined && data.every((value) => value === first)
      made.set(id, same ? splat(ir, first, shape) : ir.constant(shape, data))
    } else made.set(id, simplified(ir, { op, inputs: node.inputs.map(known), attributes, shape }))
  }
  const results = wanted.map(known)
  const kept = needed(withProductSums(ir.nodes, new Set(results)), results)
  const places = new Map(kept.map((node, place) => [node.id, place] as const))
  const placed = (id: number) => places.get(id) ?? -1
  return {
    nodes: kept.map((node, id) => ({ ...node, id, inputs: node.inputs.map(placed) })),
    of: new Map(wanted.map((id) => [id, placed(known(id))]))
  }
}
