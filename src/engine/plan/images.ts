/** Convolution and pooling: what is fused with them, and their instructions. */
import type { Attributes } from '../graph/graph'
import { convolutionOf, type Convolution } from '../ops/convolution'
import { booleanAttribute, numbersAttribute } from '../ops/op'
import { poolingOf } from '../ops/pooling'
import type { Shape } from '../spec'
import { sameShape, sizeOf } from '../tensor/tensor'
import type { Uses } from './fuse'
import { imageOpNamed, type ImageOp } from './image-ops'
import type { BufferId } from './instructions'
import type { IrNode } from './ir'
import { suitsWinograd, winogradForward, winogradInputGradient } from './winograd'

export interface FusedImages {
  readonly node: IrNode
  /** Of `conv2d`: added for each channel. */
  readonly bias: number | null
  /** Of `conv2d`: max(·, 0). Of `maxPool2dGradient`: 0 where its images are not above 0. */
  readonly relu: boolean
  /** Of `conv2dInputGradient`: 0 where these are not above 0. */
  readonly mask: number | null
  /** The node whose values come out, and those that vanish on the way. */
  readonly result: number
  readonly absorbed: readonly number[]
}

/** conv2d, then + bias, then relu; gradients by images, then 0 where a ReLU was not above 0. */
export function fuseImages(node: IrNode, uses: Uses): FusedImages {
  const alone = { node, bias: null, relu: false, mask: null, result: node.id, absorbed: [] }
  const unpooled = unpooledGradient(node, uses)
  // It reads what the gradient of pooling reads.
  if (unpooled !== null) {
    const inputs = [...node.inputs.slice(0, 1), ...unpooled.inputs]
    return { ...alone, node: { ...node, inputs }, absorbed: [unpooled.id] }
  }
  const user = uses.sole(node.id)
  if (user === undefined || !sameShape(user.shape, node.shape)) return alone
  const [first, second] = user.inputs
  if (user.op === 'mask' && second === node.id && first !== undefined && uses.node(first).op !== 'splat') {
    const masked = { ...alone, result: user.id, absorbed: [node.id] }
    if (node.op === 'conv2dInputGradient') return { ...masked, mask: first }
    const [images] = node.inputs
    return node.op === 'maxPool2dGradient' && images === first ? { ...masked, relu: true } : alone
  }
  if (node.op !== 'conv2d') return alone
  if (user.op === 'relu') return { ...alone, relu: true, result: user.id, absorbed: [node.id] }
  const other = first === node.id ? second : first
  if (user.op !== 'add' || other === undefined || other === node.id) return alone
  const bias = uses.node(other)
  const channels = node.shape[1] ?? 0
  if (bias.op === 'splat' || sizeOf(bias.shape) !== channels || bias.shape.at(-3) !== channels) return alone
  const after = uses.sole(user.id)
  if (after?.op !== 'relu') return { ...alone, bias: other, result: user.id, absorbed: [node.id] }
  return { ...alone, bias: other, relu: true, result: after.id, absorbed: [node.id, user.id] }
}

/** The gradient of pooling that only this gradient by weights reads, where it is one for src/engine/kernels/unpooled.ts. */
function unpooledGradient({ id, op, inputs, attributes, shape }: IrNode, uses: Uses): IrNode | null {
  const [images, second] = inputs
  if (op !== 'conv2dWeightGradient' || images === undefined || second === undefined) return null
  const gradient = uses.node(second)
  if (gradient.op !== 'maxPool2dGradient' || uses.sole(second)?.id !== id) return null
  const convolution = convolutionOf(uses.node(images).shape, shape, attributes)
  const { vertical, horizontal } = convolution.window
  const plain = [vertical, horizontal].every(
    ({ kernel, stride, dilation }) => kernel === 3 && stride === 1 && dilation === 1
  )
  const { window } = poolingOf(gradient.shape, gradient.attributes)
  const halving = [window.vertical, window.horizontal].every(
    (axis) =>
      axis.kernel === 2 &&
      axis.stride === 2 &&
      axis.dilation === 1 &&
      axis.size % 2 === 0 &&
      axis.before + axis.after === 0
  )
  const few = convolution.channels <= UNPOOLED_CHANNELS && convolution.groups === 1
  return plain && halving && few && window.columns >= 4 ? gradient : null
}

/** An instruction of src/engine/kernels/conv.ts, winograd.ts or pool.ts. */
export interface ImageInstruction {
  readonly kernel: Exclude<ImageOp, 'maxPool2dTake'> | 'winograd' | 'unpooledWeightGradient'
  readonly result: BufferId
  /** Three (of `winograd` four), in the order in which the kernel takes them. */
  readonly operands: readonly (BufferId | null)[]
  /** `relu` of what was fused; of averages, whether padding is counted. */
  readonly flag: boolean
  /** The words at `shape` in the kernel. */
  readonly shape: readonly number[]
  /** What each thread needs. */
  readonly scratchBytes: number
  /** In multiply-adds, roughly. */
  readonly work: number
}

/** @param bufferOf where the values of a node stand */
export function imageInstruction(fused: FusedImages, uses: Uses, bufferOf: (id: number) => BufferId): ImageInstruction {
  const { node, bias, relu, mask, result } = fused
  const op = imageOpNamed(node.op)
  if (op === null) throw new Error(`"${node.op}" is no convolution and no pooling`)
  const [a = -1, b = -1, c] = node.inputs
  const shapeOf = (id: number) => uses.node(id).shape
  const buffer = (id: number | null) => (id === null ? null : bufferOf(id))
  const { attributes, shape } = node
  switch (op) {
    case 'conv2d': {
      const convolution = convolutionOf(shapeOf(a), shapeOf(b), attributes)
      const operands = [bufferOf(a), bufferOf(b), buffer(bias)]
      if (suitsWinograd(convolution)) {
        const words = winogradForward(convolution)
        return { kernel: 'winograd', result, operands: [...operands, null], flag: relu, ...words }
      }
      return { kernel: op, result, operands, flag: relu, ...forwardOf(convolution) }
    }
    case 'conv2dInputGradient': {
      const convolution = convolutionOf(shape, shapeOf(a), attributes)
      if (suitsWinograd(convolution)) {
        const operands = [bufferOf(b), bufferOf(a), null, buffer(mask)]
        return { kernel: 'winograd', result, operands, flag: false, ...winogradInputGradient(convolution) }
      }
      const operands = [bufferOf(a), bufferOf(b), buffer(mask)]
      return { kernel: op, result, operands, flag: false, ...inputGradientOf(convolution) }
    }
    case 'conv2dWeightGradient': {
      const convolution = convolutionOf(shapeOf(a), shape, attributes)
      if (c !== undefined) {
        const operands = [bufferOf(a), bufferOf(b), bufferOf(c)]
        return { kernel: 'unpooledWeightGradient', result, operands, flag: false, ...unpooledOf(convolution) }
      }
      const operands = [bufferOf(a), bufferOf(b), null]
      return { kernel: op, result, operands, flag: false, ...weightGradientOf(convolution) }
    }
    case 'maxPool2d': {
      const operands = [bufferOf(a), bufferOf(a), null]
      return { kernel: op, result, operands, flag: false, ...poolingWords(shapeOf(a), attributes) }
    }
    case 'maxPool2dTake': {
      const operands = [bufferOf(a), bufferOf(b), null]
      return { kernel: 'maxPool2d', result, operands, flag: false, ...poolingWords(shapeOf(a), attributes) }
    }
    case 'maxPool2dGradient': {
      const operands = [bufferOf(a), bufferOf(b), null]
      return { kernel: op, result, operands, flag: relu, ...poolingWords(shapeOf(a), attributes) }
    }
    case 'avgPool2d':
    case 'avgPool2dGradient': {
      const images = op === 'avgPool2d' ? shapeOf(a) : shape
      const flag = booleanAttribute(attributes, 'countIncludePad')
      return { kernel: op, result, operands: [bufferOf(a), null, null], flag, ...poolingWords(images, attributes) }
    }
  }
}

type Words = Pick<ImageInstruction, 'shape' | 'scratchBytes' | 'work'>

/** A rectangle of zeros, and where an image stands in it. */
interface Frame {
  readonly top: number
  readonly left: number
  readonly height: number
  readonly width: number
}

/** Channels up to which one sum for each output that pooling chose is faster than a whole convolution. */
const UNPOOLED_CHANNELS = 4

const PANEL = 8
/** As in src/engine/kernels/conv.ts. */
const PHASE_BYTES = 24
const PIXEL_BLOCK = 512
/** For tables and panels that begin at a multiple of so many bytes. */
const ALIGNMENT = 32

/** The images, framed so that every tap of every window can be read. */
function forwardFrame({ window }: Convolution): Frame {
  const { vertical, horizontal, rows, columns } = window
  const reach = (axis: typeof vertical, count: number) =>
    Math.max(axis.before + axis.size, (count - 1) * axis.stride + (axis.kernel - 1) * axis.dilation + 1)
  const [height, width] = [reach(vertical, rows), reach(horizontal, columns)]
  return { top: vertical.before, left: horizontal.before, height, width }
}

/** The gradients, framed so that every output that a value may have met can be read. */
function gradientFrame({ window }: Convolution): Frame {
  const { vertical, horizontal, rows, columns } = window
  const range = (axis: typeof vertical, count: number) => {
    const first = Math.floor((axis.before - (axis.kernel - 1) * axis.dilation) / axis.stride)
    const last = Math.floor((axis.size - 1 + axis.before) / axis.stride)
    const before = Math.max(0, -first)
    return { before, size: before + Math.max(count, last + 1) }
  }
  const [down, across] = [range(vertical, rows), range(horizontal, columns)]
  return { top: down.before, left: across.before, height: down.size, width: across.size }
}

function forwardOf(convolution: Convolution): Words {
  const { images, channels, outChannels, groups, window } = convolution
  const { vertical, horizontal, rows, columns } = window
  const frame = forwardFrame(convolution)
  const taps = (channels / groups) * vertical.kernel * horizontal.kernel
  const panels = groups * Math.ceil(outChannels / groups / PANEL)
  return {
    shape: wordsOf(convolution, [images, channels, vertical.size, horizontal.size], frame, [
      outChannels,
      rows,
      columns
    ]),
    scratchBytes:
      PHASE_BYTES + 4 * (rows * columns + taps) + ALIGNMENT * (1 + panels * taps) + frameBytes(channels, frame),
    work: workOf(convolution)
  }
}

function inputGradientOf(convolution: Convolution): Words {
  const { images, channels, outChannels, groups, window } = convolution
  const { vertical, horizontal, rows, columns } = window
  const frame = gradientFrame(convolution)
  const taps = (outChannels / groups) * vertical.kernel * horizontal.kernel
  const panels = groups * Math.ceil(channels / groups / PANEL)
  const phases = vertical.stride * horizontal.stride
  return {
    shape: wordsOf(convolution, [images, outChannels, rows, columns], frame, [
      channels,
      vertical.size,
      horizontal.size
    ]),
    scratchBytes:
      PHASE_BYTES * phases +
      4 * (2 * vertical.size * horizontal.size + taps) +
      ALIGNMENT * (phases + panels * taps) +
      frameBytes(outChannels, frame),
    work: workOf(convolution)
  }
}

function weightGradientOf(convolution: Convolution): Words {
  const { channels, groups, window } = convolution
  const { vertical, horizontal, rows, columns } = window
  const frame = forwardFrame(convolution)
  const taps = (channels / groups) * vertical.kernel * horizontal.kernel
  return {
    ...forwardOf(convolution),
    scratchBytes: 4 * (rows * columns + taps) + ALIGNMENT * (1 + PIXEL_BLOCK) + frameBytes(channels, frame)
  }
}

function unpooledOf(convolution: Convolution): Words {
  const { channels, outChannels, window } = convolution
  const sums = 96 * outChannels * channels
  const forward = forwardOf(convolution)
  return {
    ...forward,
    // The last window's lines are read whole.
    scratchBytes: window.rows * window.columns + sums + frameBytes(channels, forwardFrame(convolution)) + 32,
    work: forward.work / 2
  }
}

function frameBytes(channels: number, { height, width }: Frame): number {
  return 4 * channels * height * width
}

function wordsOf(
  { groups, window }: Convolution,
  framed: readonly number[],
  { top, left, height, width }: Frame,
  other: readonly number[]
): readonly number[] {
  const { vertical, horizontal } = window
  return [
    ...[...framed, top, left, height, width, ...other],
    ...[vertical.kernel, horizontal.kernel, vertical.stride, horizontal.stride],
    ...[vertical.dilation, horizontal.dilation, groups, vertical.before, horizontal.before]
  ]
}

function workOf({ images, channels, outChannels, groups, window }: Convolution): number {
  const { vertical, horizontal, rows, columns } = window
  return images * outChannels * rows * columns * (channels / groups) * vertical.kernel * horizontal.kernel
}

function poolingWords(images: Shape, attributes: Attributes): Words {
  const { planes, window } = poolingOf(images, attributes)
  const { vertical, horizontal, rows, columns } = window
  return {
    shape: [
      ...[planes, vertical.size, horizontal.size, rows, columns, ...numbersAttribute(attributes, 'kernel')],
      ...[vertical.stride, horizontal.stride, vertical.dilation, horizontal.dilation],
      ...[vertical.before, horizontal.before]
    ],
    scratchBytes: 0,
    work: 4 * planes * rows * columns * vertical.kernel * horizontal.kernel
  }
}
