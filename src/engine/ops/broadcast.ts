/** Broadcasting as NumPy defines it: shapes are aligned at their last axes; an axis of size 1 is repeated. */
import { ShapeError } from '../../shared/errors'
import type { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'
import type { Shape } from '../spec'
import { sameShape, showShape, sizeOf } from '../tensor/tensor'

/** The common shape of two operands. @throws ShapeError when an axis differs and neither size is 1 */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1
    const right = b[axis - rank + b.length] ?? 1
    if (left !== right && left !== 1 && right !== 1) {
      throw new ShapeError(
        'shape-mismatch',
        `expected shapes that are equal, or 1, on every axis counted from the last`
      )
    }
    return left === 1 ? right : left
  })
}

/** For each value of `to`, the index of its value in `from`. `from` broadcasts to `to`. */
export function broadcastIndices(from: Shape, to: Shape): Int32Array {
  const strides = new Array<number>(to.length).fill(0)
  let stride = 1
  for (let axis = from.length - 1; axis >= 0; axis--) {
    const size = from[axis] ?? 1
    strides[to.length - from.length + axis] = size === 1 ? 0 : stride
    stride *= size
  }
  const indices = new Int32Array(sizeOf(to))
  // Axis by axis, the pattern of the inner axes is repeated with the outer axis's offset.
  let filled = Math.min(1, indices.length)
  for (let axis = to.length - 1; axis >= 0; axis--) {
    const size = to[axis] ?? 1
    const step = strides[axis] ?? 0
    for (let i = 1; i < size; i++) {
      for (let j = 0; j < filled; j++) indices[i * filled + j] = (indices[j] ?? 0) + i * step
    }
    filled *= size
  }
  return indices
}

/** The adjoint of broadcasting: sums `node` over the axes along which `shape` was repeated. */
export function sumTo(graph: GraphBuilder, node: NodeId, shape: Shape): NodeId {
  const from = graph.shapeOf(node)
  if (sameShape(from, shape)) return node
  const added = from.length - shape.length
  const axes = from.flatMap((size, axis) => (axis < added || (shape[axis - added] === 1 && size !== 1) ? [axis] : []))
  const onlyAdded = axes.every((axis) => axis < added)
  const summed = axes.length === 0 ? node : graph.apply('sum', [node], { axes, keepDims: !onlyAdded })
  return sameShape(graph.shapeOf(summed), shape) ? summed : graph.apply('reshape', [summed], { shape })
}

/** @throws ShapeError unless `from` broadcasts to exactly `to` */
export function checkBroadcastTo(from: Shape, to: Shape): void {
  if (from.length > to.length || !sameShape(broadcastShapes(from, to), to)) {
    throw new ShapeError('shape-mismatch', `expected a shape that broadcasts to ${showShape(to)}`)
  }
}
