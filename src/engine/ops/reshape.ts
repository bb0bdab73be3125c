import { ShapeError } from '../../shared/errors'
import { showShape, sizeOf } from '../tensor/tensor'
import { sameAsInput } from './elementwise'
import { numbersAttribute, operand, type Op } from './op'

/** y = x's values in the same order under another `shape`. ∂L/∂x = g in x's shape. */
export const reshape: Op<'reshape'> = {
  name: 'reshape',
  formula: 'x',
  shape(inputs, attributes) {
    const shape = numbersAttribute(attributes, 'shape')
    if (sizeOf(shape) !== sizeOf(sameAsInput(inputs))) {
      throw new ShapeError('shape-mismatch', `expected as many values as ${showShape(shape)} holds`)
    }
    return shape
  },
  kernel: () => (inputs, y) => y.set(operand(inputs, 0)),
  vjp: ({ graph, inputs, gradient }) => [
    graph.apply('reshape', [gradient], { shape: graph.shapeOf(operand(inputs, 0)) })
  ],
  cases: [
    { shapes: [[]], attributes: { shape: [1, 1] } },
    { shapes: [[7, 5]], attributes: { shape: [5, 7] } },
    { shapes: [[2, 3, 5]], attributes: { shape: [30] } }
  ]
}
