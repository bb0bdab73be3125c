/** Small compositions of our primitives that several rules use. */
import type { GraphBuilder } from '../../src/engine/graph/builder'
import type { NodeId } from '../../src/engine/graph/graph'
import type { Shape } from '../../src/engine/spec'
import { sameShape, sizeOf } from '../../src/engine/tensor/tensor'

/** scale · x + offset */
export function affine(graph: GraphBuilder, x: NodeId, scale: number, offset = 0): NodeId {
  return graph.apply('affine', [x], { scale, offset })
}

/** max(0, x) */
export function positivePart(graph: GraphBuilder, x: NodeId): NodeId {
  return graph.apply('relu', [x])
}

/** max(a, b) = b + max(0, a − b) */
export function larger(graph: GraphBuilder, a: NodeId, b: NodeId): NodeId {
  return graph.apply('add', [b, positivePart(graph, graph.apply('subtract', [a, b]))])
}

/** min(a, b) = a − max(0, a − b) */
export function smaller(graph: GraphBuilder, a: NodeId, b: NodeId): NodeId {
  return graph.apply('subtract', [a, positivePart(graph, graph.apply('subtract', [a, b]))])
}

/** |x| = x · sign x */
export function magnitude(graph: GraphBuilder, x: NodeId): NodeId {
  return graph.apply('multiply', [x, graph.apply('sign', [x])])
}

/** 1 − x: the opposite of a truth value. */
export function not(graph: GraphBuilder, x: NodeId): NodeId {
  return affine(graph, x, -1, 1)
}

/** 1 where a > b, else 0 */
export function isGreater(graph: GraphBuilder, a: NodeId, b: NodeId): NodeId {
  return graph.apply('step', [graph.apply('subtract', [a, b])])
}

/** 1 where a = b, else 0 */
export function isEqual(graph: GraphBuilder, a: NodeId, b: NodeId): NodeId {
  return not(graph, graph.apply('square', [graph.apply('sign', [graph.apply('subtract', [a, b])])]))
}

/** a where `condition` is 1, b where it is 0; for finite a and b. */
export function choose(graph: GraphBuilder, condition: NodeId, a: NodeId, b: NodeId): NodeId {
  return graph.apply('add', [
    graph.apply('multiply', [condition, a]),
    graph.apply('multiply', [not(graph, condition), b])
  ])
}

export function reshaped(graph: GraphBuilder, x: NodeId, shape: Shape): NodeId {
  return sameShape(graph.shapeOf(x), shape) ? x : graph.apply('reshape', [x], { shape })
}

export function repeatedTo(graph: GraphBuilder, x: NodeId, shape: Shape): NodeId {
  return sameShape(graph.shapeOf(x), shape) ? x : graph.apply('broadcastTo', [x], { shape })
}

/** A constant of one value everywhere. */
export function filled(graph: GraphBuilder, shape: Shape, value: number): NodeId {
  return graph.constant(shape, new Float64Array(sizeOf(shape)).fill(value))
}

/** Σ or mean over `axes`, whatever their order; x itself for none. */
export function reduced(
  graph: GraphBuilder,
  op: 'sum' | 'mean',
  x: NodeId,
  axes: readonly number[],
  keepDims: boolean
): NodeId {
  if (axes.length === 0) return x
  return graph.apply(op, [x], { axes: [...axes].sort((a, b) => a - b), keepDims })
}

/** (x − mean) / √(variance + epsilon) */
export function standardised(graph: GraphBuilder, x: NodeId, mean: NodeId, variance: NodeId, epsilon: number): NodeId {
  const deviation = graph.apply('sqrt', [affine(graph, variance, 1, epsilon)])
  return graph.apply('divide', [graph.apply('subtract', [x, mean]), deviation])
}

/** Mean and (population) variance over axes, kept as axes of size 1. */
export function moments(graph: GraphBuilder, x: NodeId, axes: readonly number[]): { mean: NodeId; variance: NodeId } {
  const mean = reduced(graph, 'mean', x, axes, true)
  const centred = graph.apply('subtract', [x, mean])
  return { mean, variance: reduced(graph, 'mean', graph.apply('square', [centred]), axes, true) }
}

/** Values [C] shaped to stand beside axis 1 of x: [C, 1, …]. */
export function alongChannels(graph: GraphBuilder, values: NodeId, x: NodeId): NodeId {
  const size = sizeOf(graph.shapeOf(values))
  return reshaped(graph, values, [
    size,
    ...graph
      .shapeOf(x)
      .slice(2)
      .map(() => 1)
  ])
}

/** How far apart neighbours along each axis are, row-major. */
export function stridesOf(shape: Shape): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)))
}

/** The values of x at `places` (row-major), in a new shape: each its own row of a table. */
export function taken(graph: GraphBuilder, x: NodeId, places: NodeId, shape: Shape): NodeId {
  const table = reshaped(graph, x, [sizeOf(graph.shapeOf(x)), 1])
  return reshaped(graph, graph.apply('gatherRows', [table, places]), shape)
}

/** x with its axes in another order: axis i of the result is axis `order[i]` of x. */
export function transposed(graph: GraphBuilder, x: NodeId, order: readonly number[]): NodeId {
  return order.every((axis, i) => axis === i) ? x : graph.apply('transpose', [x], { permutation: order })
}

/** The values of x by index: `source` says for each index of the new shape which index of x it is taken from. */
export function pick(
  graph: GraphBuilder,
  x: NodeId,
  shape: Shape,
  source: (index: readonly number[]) => readonly number[]
): NodeId {
  const strides = stridesOf(graph.shapeOf(x))
  const place = (index: readonly number[]) => index.reduce((sum, at, axis) => sum + at * (strides[axis] ?? 0), 0)
  const own = stridesOf(shape)
  const places = Float64Array.from({ length: sizeOf(shape) }, (_, i) =>
    place(source(shape.map((size, axis) => Math.floor(i / (own[axis] ?? 1)) % size)))
  )
  return taken(graph, x, graph.constant([places.length], places), shape)
}

/** `compute` on x with `axis` moved to the end, the result moved back. */
export function alongLast(graph: GraphBuilder, x: NodeId, axis: number, compute: (x: NodeId) => NodeId): NodeId {
  const axes = graph.shapeOf(x).map((_, i) => i)
  const order = [...axes.filter((i) => i !== axis), axis]
  const result = compute(transposed(graph, x, order))
  return transposed(
    graph,
    result,
    axes.map((i) => order.indexOf(i))
  )
}
