/**
 * What layers share that move a window over signals [C, L] or images [C, H, W]. Signals are images of height 1 to the
 * primitives, which know images alone.
 */
import { ShapeError } from '../../shared/errors'
import type { GraphBuilder } from '../graph/builder'
import type { Attributes, NodeId } from '../graph/graph'
import type { Shape } from '../spec'
import { showBatchShape } from '../tensor/tensor'
import { windowCount, windowExtent, type WindowAxis } from '../tensor/window'
import { oneInput } from './inputs'

/** Axes that a window moves along: 1 for signals, 2 for images. */
export type Rank = 1 | 2

/** Largest setting of a window: beyond it lies a slip of the finger. */
export const MAX_WINDOW = 1024

const layouts = {
  1: { shape: '[N, C, L]', sizes: 'channels and length' },
  2: { shape: '[N, C, H, W]', sizes: 'channels, height and width' }
} as const

/** Channels, and the sizes that a window moves along, of the one input. @throws ShapeError */
export function channelsAndSizes(
  inputs: readonly Shape[],
  ranks: readonly Rank[]
): { readonly channels: number; readonly sizes: readonly number[] } {
  const shape = oneInput(inputs)
  const [channels, ...sizes] = shape
  if (channels === undefined || !ranks.some((rank) => rank === sizes.length)) {
    const expected = ranks.map((rank) => layouts[rank].shape).join(' or ')
    const parts = ranks.map((rank) => layouts[rank].sizes).join(' or ')
    throw new ShapeError(
      'shape-mismatch',
      `Expected an input ${expected}, got ${showBatchShape(shape)}; put a Reshape layer before it that gives each row ${parts}.`
    )
  }
  return { channels, sizes }
}

/** Outputs along each axis. @throws ShapeError where the window is larger than what it moves over */
export function outputSizes(axes: readonly WindowAxis[], shape: Shape): readonly number[] {
  const small = axes.find((axis) => windowCount(axis) < 1)
  if (small === undefined) return axes.map(windowCount)
  const least = windowExtent(small)
  const got = small.size + small.before + small.after
  const window = small.dilation > 1 ? `kernel of ${small.kernel} with dilation ${small.dilation}` : `kernel of ${least}`
  throw new ShapeError(
    'shape-mismatch',
    `Expected at least ${least} values along each axis for a ${window}, got ${got} with the padding in ${showBatchShape(shape)}; use a smaller kernel or more padding.`
  )
}

const ALONE: WindowAxis = { size: 1, kernel: 1, stride: 1, dilation: 1, before: 0, after: 0 }

/** Attributes of a primitive for a window along one or two axes: `kernel` too, which poolings take. */
export function windowAttributes(axes: readonly WindowAxis[]): Attributes & { readonly kernel: readonly number[] } {
  const both = axes.length === 1 ? [ALONE, ...axes] : axes
  return {
    kernel: both.map(({ kernel }) => kernel),
    stride: both.map(({ stride }) => stride),
    dilation: both.map(({ dilation }) => dilation),
    padding: [...both.map(({ before }) => before), ...both.map(({ after }) => after)]
  }
}

/** [N, C, L] → [N, C, 1, L]; images, and weights, alike: those of rank 4 stay as they are. */
export function asImages(graph: GraphBuilder, x: NodeId): NodeId {
  const shape = graph.shapeOf(x)
  if (shape.length === 4) return x
  const [images = 0, channels = 0, length = 0] = shape
  return graph.apply('reshape', [x], { shape: [images, channels, 1, length] })
}

/** The way back: [N, C, 1, L] → [N, C, L] for signals. */
export function fromImages(graph: GraphBuilder, y: NodeId, rank: number): NodeId {
  if (rank === 2) return y
  const [images = 0, channels = 0, , length = 0] = graph.shapeOf(y)
  return graph.apply('reshape', [y], { shape: [images, channels, length] })
}
