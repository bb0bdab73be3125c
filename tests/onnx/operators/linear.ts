/** Matrix products. */
import type { NodeId } from '../../../src/engine/graph/graph'
import { affine, reshaped } from '../compose'
import type { Rule, RuleContext } from '../context'

/** α · op(A) · op(B) + β · C */
function gemm(context: RuleContext): NodeId {
  const { graph } = context
  const product = graph.apply('matmul', [context.input(0), context.input(1)], {
    transposeA: context.number('transA', 0) === 1,
    transposeB: context.number('transB', 0) === 1
  })
  const scaled = affine(graph, product, context.number('alpha', 1))
  const added = context.optional(2)
  return added === null ? scaled : graph.apply('add', [scaled, affine(graph, added, context.number('beta', 1))])
}

/** One product of matrices; a stack of them as sums of products, [… M, K, 1] · [… 1, K, N] over K. */
function matmul(context: RuleContext): NodeId {
  const { graph } = context
  const a = context.shape(0)
  const b = context.shape(1)
  if (a.length === 2 && b.length === 2) {
    return graph.apply('matmul', context.all(), { transposeA: false, transposeB: false })
  }
  const left = reshaped(graph, context.input(0), [...a, 1])
  const right = reshaped(graph, context.input(1), [...b.slice(0, -2), 1, ...b.slice(-2)])
  const products = graph.apply('multiply', [left, right])
  return graph.apply('sum', [products], { axes: [graph.shapeOf(products).length - 2], keepDims: false })
}

export const linear: readonly (readonly [operator: string, rule: Rule])[] = [
  ['Gemm', gemm],
  ['MatMul', matmul]
]
