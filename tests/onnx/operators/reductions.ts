/** One value of many: sums, means, extremes, and what is made of them. */
import type { NodeId } from '../../../src/engine/graph/graph'
import { sizeOf } from '../../../src/engine/tensor/tensor'
import { affine, alongLast, magnitude, reduced, reshaped, transposed } from '../compose'
import type { Rule, RuleContext } from '../context'

/** The axes to reduce, ascending; all of them when none are named, unless the operator is told to do nothing then. */
function reducedAxes(context: RuleContext): readonly number[] {
  const named = context.values(1) ?? context.ints('axes') ?? []
  if (named.length > 0) return named.map((axis) => context.axis(axis)).sort((a, b) => a - b)
  return context.number('noop_with_empty_axes', 0) === 1 ? [] : context.shape().map((_, axis) => axis)
}

/** @param before what is done to the values before they are summed */
function reduction(
  op: 'sum' | 'mean',
  before: (context: RuleContext, x: NodeId) => NodeId = (_, x) => x,
  after: (context: RuleContext, x: NodeId) => NodeId = (_, x) => x
): Rule {
  return (context) => {
    const keepDims = context.number('keepdims', 1) === 1
    return after(context, reduced(context.graph, op, before(context, context.input()), reducedAxes(context), keepDims))
  }
}

/** [rest, reduced values] → [rest, 1] by `fold`, in the shape that the operator gives. */
function folded(context: RuleContext, fold: (rows: NodeId, count: number) => NodeId): NodeId {
  const { graph } = context
  const shape = context.shape()
  const axes = reducedAxes(context)
  const rest = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
  const count = sizeOf(axes.map((axis) => shape[axis] ?? 1))
  const rows = transposed(graph, context.input(), [...rest, ...axes])
  const folds = fold(reshaped(graph, rows, [sizeOf(shape) / count, count]), count)
  const keepDims = context.number('keepdims', 1) === 1
  return reshaped(
    graph,
    folds,
    shape.flatMap((size, axis) => (!axes.includes(axis) ? [size] : keepDims ? [1] : []))
  )
}

/** The largest of each row: a pooling window as wide as the row. */
function largest({ graph }: RuleContext, rows: NodeId, count: number): NodeId {
  const [height = 1] = graph.shapeOf(rows)
  const image = reshaped(graph, rows, [1, 1, height, count])
  const kernel = [1, count]
  return graph.apply('maxPool2d', [image], { kernel, stride: kernel, padding: [0, 0, 0, 0], dilation: [1, 1] })
}

/** The product of each row, column by column. */
function product({ graph }: RuleContext, rows: NodeId, count: number): NodeId {
  const columns = Array.from({ length: count }, (_, at) =>
    graph.apply('slice', [rows], { axis: 1, start: at, end: at + 1 })
  )
  return columns.reduce((a, b) => graph.apply('multiply', [a, b]))
}

/** log Σ e^x = x − logSoftmax x, the same at every x: that of the first. */
function logSumExp({ graph }: RuleContext, rows: NodeId): NodeId {
  const differences = graph.apply('subtract', [rows, graph.apply('logSoftmax', [rows])])
  return graph.apply('slice', [differences], { axis: 1, start: 0, end: 1 })
}

/** Over any axis, which is moved to the end: our primitives work along the last. */
function alongAxis(op: 'softmax' | 'logSoftmax'): Rule {
  return (context) => {
    const axis = context.axis(context.number('axis', -1))
    return alongLast(context.graph, context.input(), axis, (x) => context.graph.apply(op, [x]))
  }
}

const square = ({ graph }: RuleContext, x: NodeId) => graph.apply('square', [x])

export const reductions: readonly (readonly [operator: string, rule: Rule])[] = [
  ['ReduceSum', reduction('sum')],
  ['ReduceMean', reduction('mean')],
  ['ReduceSumSquare', reduction('sum', square)],
  ['ReduceL1', reduction('sum', ({ graph }, x) => magnitude(graph, x))],
  ['ReduceL2', reduction('sum', square, ({ graph }, x) => graph.apply('sqrt', [x]))],
  ['ReduceMax', (context) => folded(context, (rows, count) => largest(context, rows, count))],
  [
    'ReduceMin',
    (context) =>
      folded(context, (rows, count) =>
        affine(context.graph, largest(context, affine(context.graph, rows, -1), count), -1)
      )
  ],
  ['ReduceProd', (context) => folded(context, (rows, count) => product(context, rows, count))],
  ['ReduceLogSumExp', (context) => folded(context, (rows) => logSumExp(context, rows))],
  ['Softmax', alongAxis('softmax')],
  ['LogSoftmax', alongAxis('logSoftmax')]
]
