/** Instructions of primitives that move numbers as they are, and of the random mask. */
import { numberAttribute, numbersAttribute, operand } from '../ops/op'
import { alongAxis } from '../ops/axis'
import { sourceStrides } from '../ops/transpose'
import type { Shape } from '../spec'
import { axisSize, sizeOf } from '../tensor/tensor'
import type { Uses } from './fuse'
import type { BufferId, Instruction } from './instructions'
import type { IrNode } from './ir'

/** The instructions of a node, or null for another kind of primitive. */
export function movesOf(
  { id: result, op, inputs, attributes, shape }: IrNode,
  uses: Uses,
  bufferOf: (id: number) => BufferId
): Instruction[] | null {
  const buffer = (index: number) => bufferOf(operand(inputs, index))
  const shapeOf = (index: number) => uses.node(operand(inputs, index)).shape
  switch (op) {
    case 'concat': {
      const { outer, inner, width } = runsAlong(shape, numberAttribute(attributes, 'axis'))
      let toOffset = 0
      return inputs.map((_, i) => {
        const length = axisSize(shapeOf(i), numberAttribute(attributes, 'axis')) * inner
        const run = { x: buffer(i), result, runs: outer, length, offset: 0, step: length, toOffset, toStep: width }
        toOffset += length
        return { kernel: 'copyRuns', ...run, padded: false }
      })
    }
    case 'slice': {
      const { outer, inner, width: step } = runsAlong(shapeOf(0), numberAttribute(attributes, 'axis'))
      const offset = numberAttribute(attributes, 'start') * inner
      const length = outer === 0 ? 0 : sizeOf(shape) / outer
      const run = { x: buffer(0), result, runs: outer, length, offset, step, toOffset: 0, toStep: length }
      return [{ kernel: 'copyRuns', ...run, padded: false }]
    }
    case 'pad': {
      const { outer, inner, width: toStep } = runsAlong(shape, numberAttribute(attributes, 'axis'))
      const toOffset = numberAttribute(attributes, 'before') * inner
      const length = outer === 0 ? 0 : sizeOf(shapeOf(0)) / outer
      const run = { x: buffer(0), result, runs: outer, length, offset: 0, step: length, toOffset, toStep }
      return [{ kernel: 'copyRuns', ...run, padded: true }]
    }
    case 'gatherRows': {
      const [rows, width] = [axisSize(shapeOf(0), 0), axisSize(shapeOf(0), 1)]
      const places = sizeOf(shapeOf(1))
      return [{ kernel: 'gatherRows', result, x: buffer(0), indices: buffer(1), places, width, rows }]
    }
    case 'scatterRows': {
      const [rows, width] = [axisSize(shape, 0), axisSize(shape, 1)]
      const places = sizeOf(shapeOf(0))
      return [{ kernel: 'scatterRows', result, x: buffer(1), indices: buffer(0), places, width, rows }]
    }
    case 'transpose': {
      const strides = sourceStrides(shapeOf(0), numbersAttribute(attributes, 'permutation'))
      const axes = shape.map((size, axis) => ({ size, stride: operand(strides, axis) }))
      return [{ kernel: 'transpose', result, x: buffer(0), axes: axes.length === 0 ? [{ size: 1, stride: 1 }] : axes }]
    }
    case 'keepMask': {
      // As many of the 2³² words give a 1 as are below p · 2³².
      const limit = Math.ceil(numberAttribute(attributes, 'probability') * 2 ** 32) - 1
      const key = numbersAttribute(attributes, 'key')
      return [{ kernel: 'keepMask', result, low: buffer(0), high: buffer(1), elements: sizeOf(shape), key, limit }]
    }
    default:
      return null
  }
}

/** A tensor as runs along an axis: how many, and the numbers of each, those at one place of the axis and all. */
function runsAlong(shape: Shape, axis: number): { outer: number; inner: number; width: number } {
  const { outer, inner } = alongAxis(shape, axis)
  return { outer, inner, width: axisSize(shape, axis) * inner }
}
