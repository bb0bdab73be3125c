/** Values in another form or order, and parts of them. */
import type { NodeId } from '../../../src/engine/graph/graph'
import { broadcastShapes } from '../../../src/engine/ops/broadcast'
import type { Shape } from '../../../src/engine/spec'
import { sizeOf } from '../../../src/engine/tensor/tensor'
import { affine, pick, repeatedTo, reshaped, stridesOf, taken, transposed } from '../compose'
import { NotCovered, type Rule, type RuleContext } from '../context'

/** 0 keeps the input's size (unless `allowzero`), −1 is what is left over. */
function reshape(context: RuleContext): NodeId {
  const from = context.shape()
  const keepsZero = context.number('allowzero', 0) === 0
  const sizes = (context.values(1) ?? []).map((size, axis) => (size === 0 && keepsZero ? (from[axis] ?? 0) : size))
  const known = sizes.reduce((product, size) => (size === -1 ? product : product * size), 1)
  return reshaped(
    context.graph,
    context.input(),
    sizes.map((size) => (size === -1 ? sizeOf(from) / known : size))
  )
}

/** Two axes: those before `axis` and the others. */
function flatten(context: RuleContext): NodeId {
  const shape = context.shape()
  const axis = context.axis(context.number('axis', 1))
  return reshaped(context.graph, context.input(), [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))])
}

function squeeze(context: RuleContext): NodeId {
  const shape = context.shape()
  const named = context.values(1)?.map((axis) => context.axis(axis))
  const axes = named ?? shape.flatMap((size, axis) => (size === 1 ? [axis] : []))
  return reshaped(
    context.graph,
    context.input(),
    shape.filter((_, axis) => !axes.includes(axis))
  )
}

/** Axes by input or, before operator set 13, by attribute. */
function unsqueeze(context: RuleContext): NodeId {
  const shape = context.shape()
  const added = context.values(1) ?? context.ints('axes') ?? []
  const rank = shape.length + added.length
  const axes = added.map((axis) => context.axis(axis, rank))
  const rest = [...shape]
  const sizes = Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : (rest.shift() ?? 1)))
  return reshaped(context.graph, context.input(), sizes)
}

function expand(context: RuleContext): NodeId {
  const shape: Shape = context.values(1) ?? []
  return repeatedTo(context.graph, context.input(), broadcastShapes(context.shape(), shape))
}

/** Without `perm` in reverse. */
function transpose(context: RuleContext): NodeId {
  const reverse = context
    .shape()
    .map((_, axis) => axis)
    .reverse()
  return transposed(context.graph, context.input(), context.ints('perm') ?? reverse)
}

function concat(context: RuleContext): NodeId {
  return context.graph.apply('concat', context.all(), { axis: context.axis(context.number('axis', 0)) })
}

/** One of ONNX's ranges, ends clamped to the axis, as the places it takes. */
function placesOf(size: number, start: number, end: number, step: number): number[] {
  const clamped = (at: number, low: number, high: number) => Math.min(high, Math.max(low, at < 0 ? at + size : at))
  const from = step > 0 ? clamped(start, 0, size) : clamped(start, 0, size - 1)
  const to = step > 0 ? clamped(end, 0, size) : clamped(end, -1, size - 1)
  return Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, i) => from + i * step)
}

/** Steps of 1 are slices; others are picked value by value. */
function slice(context: RuleContext): NodeId {
  const { graph } = context
  const starts = context.values(1) ?? []
  const ends = context.values(2) ?? []
  const axes = context.values(3) ?? starts.map((_, i) => i)
  const steps = context.values(4)
  let x = context.input()
  axes.forEach((named, i) => {
    const shape = graph.shapeOf(x)
    const axis = context.axis(named)
    const step = steps?.[i] ?? 1
    const places = placesOf(shape[axis] ?? 0, starts[i] ?? 0, ends[i] ?? 0, step)
    if (step === 1) {
      const start = places[0] ?? 0
      x = graph.apply('slice', [x], { axis, start, end: start + places.length })
    } else {
      const wanted = shape.map((size, each) => (each === axis ? places.length : size))
      x = pick(graph, x, wanted, (index) => index.map((at, each) => (each === axis ? (places[at] ?? 0) : at)))
    }
  })
  return x
}

/** Sizes by input, else as many equal parts as there are outputs. */
function split(context: RuleContext): readonly NodeId[] {
  const axis = context.axis(context.number('axis', 0))
  const parts = context.onnx.output.length
  const size = context.shape()[axis] ?? 0
  const sizes = context.values(1) ?? new Array<number>(parts).fill(size / parts)
  let start = 0
  return sizes.map((length) => {
    const part = context.graph.apply('slice', [context.input()], { axis, start, end: start + length })
    start += length
    return part
  })
}

/** Where a place before or past an axis takes its value from. */
const outside: ReadonlyMap<string, (at: number, size: number) => number> = new Map([
  ['edge', (at: number, size: number) => Math.min(size - 1, Math.max(0, at))],
  ['reflect', (at: number, size: number) => (at < 0 ? -at : at >= size ? 2 * (size - 1) - at : at)]
])

/** A constant c is padded by zeros around x − c. */
function pad(context: RuleContext): NodeId {
  const { graph } = context
  const shape = context.shape()
  const pads = context.values(1) ?? []
  const before = (axis: number) => pads[axis] ?? 0
  const after = (axis: number) => pads[shape.length + axis] ?? 0
  const mode = context.text('mode', 'constant')
  if (mode === 'constant') {
    const value = context.values(2)?.[0] ?? 0
    let x = affine(graph, context.input(), 1, -value)
    shape.forEach((_, axis) => (x = graph.apply('pad', [x], { axis, before: before(axis), after: after(axis) })))
    return affine(graph, x, 1, value)
  }
  const source = outside.get(mode)
  if (source === undefined) throw new NotCovered(`padding mode ${mode}`)
  const padded = shape.map((size, axis) => before(axis) + size + after(axis))
  return pick(graph, context.input(), padded, (index) =>
    index.map((at, axis) => source(at - before(axis), shape[axis] ?? 0))
  )
}

/** Indices below 0 count from the end: i + size where i < 0. */
function fromStart({ graph }: RuleContext, indices: NodeId, size: number): NodeId {
  const negative = graph.apply('step', [affine(graph, indices, -1)])
  return graph.apply('add', [indices, affine(graph, negative, size)])
}

/** Rows of a table, once the axis is moved to the front. */
function gather(context: RuleContext): NodeId {
  const { graph } = context
  const shape = context.shape()
  const axis = context.axis(context.number('axis', 0))
  const size = shape[axis] ?? 0
  const rest = shape.map((_, i) => i).filter((i) => i !== axis)
  const front = transposed(graph, context.input(), [axis, ...rest])
  const table = reshaped(graph, front, [size, sizeOf(shape) / size])
  const rows = graph.apply('gatherRows', [table, fromStart(context, context.input(1), size)])
  const indexShape = context.shape(1)
  const restShape = rest.map((i) => shape[i] ?? 1)
  const found = reshaped(graph, rows, [...indexShape, ...restShape])
  // The axes of the indices take the place of the axis.
  const indexAxes = indexShape.map((_, i) => i)
  const restAxes = restShape.map((_, i) => indexShape.length + i)
  return transposed(graph, found, [...restAxes.slice(0, axis), ...indexAxes, ...restAxes.slice(axis)])
}

/** One value for each index, which stands for its own place along the axis. */
function gatherElements(context: RuleContext): NodeId {
  const { graph } = context
  const axis = context.axis(context.number('axis', 0))
  const strides = stridesOf(context.shape())
  const shape = context.shape(1)
  const own = stridesOf(shape)
  const otherAxes = Float64Array.from({ length: sizeOf(shape) }, (_, i) =>
    shape.reduce((place, size, each) => {
      const at = Math.floor(i / (own[each] ?? 1)) % size
      return each === axis ? place : place + at * (strides[each] ?? 0)
    }, 0)
  )
  const indices = fromStart(context, context.input(1), context.shape()[axis] ?? 0)
  const along = affine(graph, indices, strides[axis] ?? 0)
  return taken(graph, context.input(), graph.apply('add', [along, graph.constant(shape, otherAxes)]), shape)
}

/** off + (on − off) · 1 at the index, along a new axis. */
function oneHot(context: RuleContext): NodeId {
  const { graph } = context
  const shape = context.shape()
  const classes = context.values(1)?.[0] ?? NaN
  const [off = NaN, on = NaN] = context.values(2) ?? []
  const axis = context.axis(context.number('axis', -1), shape.length + 1)
  const indices = reshaped(graph, fromStart(context, context.input(), classes), [sizeOf(shape), 1])
  const hot = reshaped(graph, graph.apply('oneHot', [indices], { classes }), [...shape, classes])
  const order = shape.map((_, i) => i)
  order.splice(axis, 0, shape.length)
  return transposed(graph, affine(graph, hot, on - off, off), order)
}

/** [N, C·b², H, W] → [N, C, H·b, W·b] */
function depthToSpace(context: RuleContext): NodeId {
  const { graph } = context
  const [n = 1, depth = 1, height = 1, width = 1] = context.shape()
  const b = context.number('blocksize', 1)
  const channels = depth / (b * b)
  const wanted = [n, channels, height * b, width * b]
  if (context.text('mode', 'DCR') === 'DCR') {
    const blocks = reshaped(graph, context.input(), [n, b, b, channels, height, width])
    return reshaped(graph, transposed(graph, blocks, [0, 3, 4, 1, 5, 2]), wanted)
  }
  const blocks = reshaped(graph, context.input(), [n, channels, b, b, height, width])
  return reshaped(graph, transposed(graph, blocks, [0, 1, 4, 2, 5, 3]), wanted)
}

/** [N, C, H, W] → [N, C·b², H/b, W/b] */
function spaceToDepth(context: RuleContext): NodeId {
  const { graph } = context
  const [n = 1, channels = 1, height = 1, width = 1] = context.shape()
  const b = context.number('blocksize', 1)
  const blocks = reshaped(graph, context.input(), [n, channels, height / b, b, width / b, b])
  const moved = transposed(graph, blocks, [0, 3, 5, 1, 2, 4])
  return reshaped(graph, moved, [n, channels * b * b, height / b, width / b])
}

export const shapes: readonly (readonly [operator: string, rule: Rule])[] = [
  ['Reshape', reshape],
  ['Flatten', flatten],
  ['Squeeze', squeeze],
  ['Unsqueeze', unsqueeze],
  ['Expand', expand],
  ['Transpose', transpose],
  ['Concat', concat],
  ['Slice', slice],
  ['Split', split],
  ['Pad', pad],
  ['Gather', gather],
  ['GatherElements', gatherElements],
  ['OneHot', oneHot],
  ['DepthToSpace', depthToSpace],
  ['SpaceToDepth', spaceToDepth]
]
