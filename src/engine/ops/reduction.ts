/** What reductions over axes share. Attributes: `axes` (ascending, from 0), `keepDims`. */
import { ShapeError } from '../../shared/errors'
import type { Attributes, NodeId } from '../graph/graph'
import type { Shape } from '../spec'
import { broadcastIndices } from './broadcast'
import { sameAsInput } from './elementwise'
import { booleanAttribute, numbersAttribute, operand, type Kernel, type OpCase, type VjpContext } from './op'

/** The input's shape with the reduced axes set to 1. */
export function keptShape(shape: Shape, attributes: Attributes): Shape {
  const axes = numbersAttribute(attributes, 'axes')
  return shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
}

export function reducedShape(inputs: readonly Shape[], attributes: Attributes): Shape {
  const shape = sameAsInput(inputs)
  const axes = numbersAttribute(attributes, 'axes')
  const ascending = axes.every((axis, i) => axis > (axes[i - 1] ?? -1) && axis < shape.length)
  if (!ascending || axes.length === 0) {
    throw new ShapeError(
      'shape-mismatch',
      `expected axes ascending from 0 to ${shape.length - 1}, got axes ${axes.join(', ')}`
    )
  }
  if (booleanAttribute(attributes, 'keepDims')) return keptShape(shape, attributes)
  return shape.filter((_, axis) => !axes.includes(axis))
}

/** y[j] = scale · Σ x[i] over the reduced axes, summed in row-major order: the same order, the same bits, every time. */
export function sumKernel(shape: Shape, attributes: Attributes, scale: number): Kernel {
  const target = broadcastIndices(keptShape(shape, attributes), shape)
  return (inputs, y) => {
    const x = operand(inputs, 0)
    y.fill(0)
    for (let i = 0; i < x.length; i++) {
      const j = target[i] ?? 0
      y[j] = (y[j] ?? 0) + (x[i] ?? 0)
    }
    if (scale !== 1) for (let j = 0; j < y.length; j++) y[j] = (y[j] ?? 0) * scale
  }
}

/** The gradient of a sum: g repeated along the reduced axes. */
export function repeated({ graph, inputs, gradient, attributes }: VjpContext): NodeId {
  const shape = graph.shapeOf(operand(inputs, 0))
  const kept = booleanAttribute(attributes, 'keepDims')
    ? gradient
    : graph.apply('reshape', [gradient], { shape: keptShape(shape, attributes) })
  return graph.apply('broadcastTo', [kept], { shape })
}

export const reductionCases: readonly OpCase[] = [
  { shapes: [[1, 1]], attributes: { axes: [0, 1], keepDims: false } },
  { shapes: [[7, 5]], attributes: { axes: [0], keepDims: false } },
  { shapes: [[7, 5]], attributes: { axes: [1], keepDims: false } },
  { shapes: [[7, 5]], attributes: { axes: [1], keepDims: true } },
  { shapes: [[7, 5]], attributes: { axes: [0, 1], keepDims: false } },
  { shapes: [[2, 3, 5]], attributes: { axes: [0, 2], keepDims: true } },
  { shapes: [[2, 3, 5]], attributes: { axes: [1], keepDims: false } }
]
