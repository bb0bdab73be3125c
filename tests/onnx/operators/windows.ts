/** Convolution and pooling. Ours work on images [N, C, H, W]; signals [N, C, L] are images of height 1. */
import type { NodeId } from '../../../src/engine/graph/graph'
import type { Shape } from '../../../src/engine/spec'
import { sizeOf } from '../../../src/engine/tensor/tensor'
import { windowCount, windowExtent, type WindowAxis } from '../../../src/engine/tensor/window'
import { alongChannels, reduced, reshaped } from '../compose'
import { NotCovered, THREE_AXES, type Rule, type RuleContext } from '../context'

/** What the window of a node's attributes is along each axis that it moves over. */
interface Windows {
  readonly kernel: readonly number[]
  readonly axes: readonly WindowAxis[]
}

function spatial(context: RuleContext, place = 0): readonly number[] {
  const sizes = context.shape(place).slice(2)
  if (sizes.length > 2) throw new NotCovered(THREE_AXES)
  return sizes
}

/** Reads `auto_pad`, `pads`, `strides`, `dilations` and `ceil_mode`. */
function windowsOf(context: RuleContext, kernel: readonly number[]): Windows {
  const pads = context.ints('pads')
  const sizes = spatial(context)
  const axes = sizes.map((size, i): WindowAxis => {
    const axis = {
      size,
      kernel: kernel[i] ?? 1,
      stride: context.ints('strides')?.[i] ?? 1,
      dilation: context.ints('dilations')?.[i] ?? 1,
      before: pads?.[i] ?? 0,
      after: pads?.[sizes.length + i] ?? 0
    }
    const auto = context.text('auto_pad', 'NOTSET')
    if (auto.startsWith('SAME')) return { ...axis, ...samePads(axis, auto) }
    return context.number('ceil_mode', 0) === 1 ? withPartialWindow(axis) : axis
  })
  return { kernel, axes }
}

/** ⌈size / stride⌉ outputs; where the padding is odd, one more after (UPPER) or before (LOWER). */
function samePads(axis: WindowAxis, mode: string): { before: number; after: number } {
  const outputs = Math.ceil(axis.size / axis.stride)
  const total = Math.max(0, (outputs - 1) * axis.stride + windowExtent(axis) - axis.size)
  const [less, more] = [Math.floor(total / 2), Math.ceil(total / 2)]
  return mode === 'SAME_LOWER' ? { before: more, after: less } : { before: less, after: more }
}

/** Padded so far that a last window that reaches past the end is taken too. */
function withPartialWindow(axis: WindowAxis): WindowAxis {
  const room = axis.size + axis.before + axis.after - windowExtent(axis)
  return { ...axis, after: axis.after + Math.ceil(room / axis.stride) * axis.stride - room }
}

/** As our primitives take them, an axis of size 1 before a single one. */
function attributesOf({ axes }: Pick<Windows, 'axes'>) {
  const still: WindowAxis = { size: 1, kernel: 1, stride: 1, dilation: 1, before: 0, after: 0 }
  const both = axes.length === 1 ? [still, ...axes] : axes
  return {
    kernel: both.map((axis) => axis.kernel),
    stride: both.map((axis) => axis.stride),
    dilation: both.map((axis) => axis.dilation),
    padding: [...both.map((axis) => axis.before), ...both.map((axis) => axis.after)]
  }
}

/** [A, B, L] → [A, B, 1, L] */
function asImages({ graph }: RuleContext, x: NodeId): NodeId {
  const [a = 1, b = 1, ...rest] = graph.shapeOf(x)
  return rest.length === 1 ? reshaped(graph, x, [a, b, 1, ...rest]) : x
}

/** Back to as many axes as the input has. */
function unlike({ graph }: RuleContext, x: NodeId, rank: number): NodeId {
  const [a = 1, b = 1, ...rest] = graph.shapeOf(x)
  return rank === 3 ? reshaped(graph, x, [a, b, sizeOf(rest)]) : x
}

function withBias(context: RuleContext, x: NodeId): NodeId {
  const bias = context.optional(2)
  return bias === null ? x : context.graph.apply('add', [x, alongChannels(context.graph, bias, x)])
}

function conv(context: RuleContext): NodeId {
  const windows = windowsOf(context, spatial(context, 1))
  const { kernel: _kernel, ...attributes } = attributesOf(windows)
  const y = context.graph.apply('conv2d', [asImages(context, context.input()), asImages(context, context.input(1))], {
    ...attributes,
    groups: context.number('group', 1)
  })
  return withBias(context, unlike(context, y, context.shape().length))
}

/** The gradient of a convolution by its images: sizes are those of the images that give the input. */
function convTranspose(context: RuleContext): NodeId {
  const { graph } = context
  const kernel = spatial(context, 1)
  const outputPadding = context.ints('output_padding')
  const outputShape = context.ints('output_shape')
  const pads = context.ints('pads')
  const auto = context.text('auto_pad', 'NOTSET')
  const inputs = spatial(context)
  const axes = inputs.map((size, i): WindowAxis => {
    const [stride, dilation] = [context.ints('strides')?.[i] ?? 1, context.ints('dilations')?.[i] ?? 1]
    const extent = windowExtent({ kernel: kernel[i] ?? 1, dilation })
    const extra = outputPadding?.[i] ?? 0
    const reach = (size - 1) * stride + extent + extra
    const wanted = outputShape?.[i] ?? (auto.startsWith('SAME') ? size * stride : undefined)
    if (wanted === undefined) {
      const [before, after] = [pads?.[i] ?? 0, pads?.[inputs.length + i] ?? 0]
      return { size: reach - before - after, kernel: kernel[i] ?? 1, stride, dilation, before, after }
    }
    // What is too much is cut off, one more before unless the mode says after; what is missing stays 0.
    const total = Math.max(0, reach - wanted)
    const before = auto === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2)
    return { size: wanted, kernel: kernel[i] ?? 1, stride, dilation, before, after: total - before }
  })
  if (axes.some((axis, i) => windowCount(axis) !== inputs[i])) throw new Error('windows do not give the input')
  const { kernel: _kernel, ...attributes } = attributesOf({ axes })
  const size = axes.length === 1 ? [1, axes[0]?.size ?? 1] : axes.map((axis) => axis.size)
  const weights = asImages(context, context.input(1))
  const x = graph.apply('conv2dInputGradient', [weights, asImages(context, context.input())], {
    ...attributes,
    groups: context.number('group', 1),
    size
  })
  return withBias(context, unlike(context, x, context.shape().length))
}

function averagePool(context: RuleContext): NodeId {
  const windows = windowsOf(context, context.ints('kernel_shape') ?? [])
  const y = context.graph.apply('avgPool2d', [asImages(context, context.input())], {
    ...attributesOf(windows),
    countIncludePad: context.number('count_include_pad', 0) === 1
  })
  return unlike(context, y, context.shape().length)
}

/** The second output is the place of each value in the input: what is taken of a tensor that holds its own places. */
function maxPool(context: RuleContext): readonly NodeId[] {
  const { graph } = context
  const attributes = attributesOf(windowsOf(context, context.ints('kernel_shape') ?? []))
  const rank = context.shape().length
  const images = asImages(context, context.input())
  const values = unlike(context, graph.apply('maxPool2d', [images], attributes), rank)
  if (context.onnx.output.length === 1) return [values]
  const places = graph.constant(
    graph.shapeOf(images),
    placesIn(context.shape(), context.number('storage_order', 0) === 1)
  )
  return [values, unlike(context, graph.apply('maxPool2dTake', [images, places], attributes), rank)]
}

/** For each value its place, counted along rows or, within each plane, along columns. */
function placesIn(shape: Shape, byColumn: boolean): Float64Array {
  const [height = 1, width = 1] = shape.slice(-2)
  return Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
    if (!byColumn) return i
    const within = i % (height * width)
    return i - within + (within % width) * height + Math.floor(within / width)
  })
}

function globalAveragePool(context: RuleContext): NodeId {
  const axes = context.shape().flatMap((_, axis) => (axis < 2 ? [] : [axis]))
  return reduced(context.graph, 'mean', context.input(), axes, true)
}

/** One window as large as the image. */
function globalMaxPool(context: RuleContext): NodeId {
  const kernel = spatial(context)
  const window = { kernel, stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1] }
  return context.graph.apply('maxPool2d', [context.input()], window)
}

export const windows: readonly (readonly [operator: string, rule: Rule])[] = [
  ['Conv', conv],
  ['ConvTranspose', convTranspose],
  ['AveragePool', averagePool],
  ['MaxPool', maxPool],
  ['GlobalAveragePool', globalAveragePool],
  ['GlobalMaxPool', globalMaxPool]
]
