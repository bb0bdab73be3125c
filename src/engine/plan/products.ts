/** Sums of products as one pass: Σ a·b, with the product nowhere in memory. */
import { sameShape } from '../tensor/tensor'
import type { IrNode } from './ir'

/**
 * The nodes, with each sum of a product or a square that nothing else reads as a sum with two inputs; those products are
 * no longer needed. Not where a product belongs to cross-entropy, which is fused as a whole.
 */
export function withProductSums(nodes: readonly IrNode[], wanted: ReadonlySet<number>): readonly IrNode[] {
  const readers = new Map<number, number>()
  for (const { inputs } of nodes) for (const id of inputs) readers.set(id, (readers.get(id) ?? 0) + 1)
  return nodes.map((node) => {
    const product = node.op === 'sum' ? nodes[node.inputs[0] ?? -1] : undefined
    if (product === undefined || readers.get(product.id) !== 1 || wanted.has(product.id)) return node
    const factors = factorsOf(product, nodes)
    if (factors === null || factors.some(({ op }) => op === 'logSoftmax')) return node
    return { ...node, inputs: factors.map(({ id }) => id) }
  })
}

/** The two tensors whose product it is, neither of them repeated. */
function factorsOf({ op, inputs, shape }: IrNode, nodes: readonly IrNode[]): readonly [IrNode, IrNode] | null {
  const [a, b] = inputs.map((id) => nodes[id])
  if (a === undefined) return null
  if (op === 'square') return [a, a]
  if (op !== 'multiply' || b === undefined) return null
  return sameShape(a.shape, shape) && sameShape(b.shape, shape) ? [a, b] : null
}
