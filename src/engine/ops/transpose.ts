import { ShapeError } from '../../shared/errors'
import type { Shape } from '../spec'
import { sameAsInput } from './elementwise'
import { numbersAttribute, operand, type Op } from './op'

/**
 * y = x with its axes in another order: axis i of y is axis `permutation[i]` of x (from 0, the batch included), as NumPy's
 * `transpose`. ∂L/∂x = g with the axes back in their order. ONNX: Transpose with perm = permutation.
 */
export const transpose: Op<'transpose'> = {
  name: 'transpose',
  formula: 'x, axes in another order',
  shape(inputs, attributes) {
    const shape = sameAsInput(inputs)
    const order = numbersAttribute(attributes, 'permutation')
    if (order.length !== shape.length || !shape.every((_, axis) => order.includes(axis))) {
      throw new ShapeError(
        'shape-mismatch',
        `expected a permutation of the axes 0 to ${shape.length - 1}, got ${order.join(', ')}`
      )
    }
    return order.map((axis) => shape[axis] ?? 1)
  },
  kernel(inputs, attributes, output) {
    const strides = sourceStrides(operand(inputs, 0), numbersAttribute(attributes, 'permutation'))
    return (values, y) => {
      const x = operand(values, 0)
      for (let i = 0; i < y.length; i++) {
        let rest = i
        let from = 0
        for (let axis = output.length - 1; axis >= 0; axis--) {
          const size = output[axis] ?? 1
          from += (rest % size) * (strides[axis] ?? 0)
          rest = Math.floor(rest / size)
        }
        y[i] = x[from] ?? 0
      }
    }
  },
  vjp({ graph, attributes, gradient }) {
    const order = numbersAttribute(attributes, 'permutation')
    return [graph.apply('transpose', [gradient], { permutation: order.map((_, axis) => order.indexOf(axis)) })]
  },
  cases: [
    { shapes: [[]], attributes: { permutation: [] } },
    { shapes: [[7, 5]], attributes: { permutation: [1, 0] } },
    { shapes: [[2, 3, 5]], attributes: { permutation: [0, 2, 1] } },
    { shapes: [[2, 3, 5]], attributes: { permutation: [2, 0, 1] } },
    { shapes: [[2, 3, 1, 2]], attributes: { permutation: [0, 3, 1, 2] } }
  ],
  kernelCases: [0, 1, 3, 4, 5, 8, 17].flatMap((size) => [
    { shapes: [[3, size, 9]], attributes: { permutation: [0, 2, 1] } },
    { shapes: [[size, 2, 3]], attributes: { permutation: [1, 2, 0] } },
    { shapes: [[2, size, 3, 6]], attributes: { permutation: [0, 2, 1, 3] } }
  ])
}

/** How far apart in x numbers are that are neighbours along each axis of y. */
export function sourceStrides(shape: Shape, permutation: readonly number[]): readonly number[] {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1))
  return permutation.map((axis) => strides[axis] ?? 0)
}
