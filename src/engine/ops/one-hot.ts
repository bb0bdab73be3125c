import { ShapeError } from '../../shared/errors'
import { sameAsInput } from './elementwise'
import { numberAttribute, operand, type Op } from './op'

/**
 * y[n, k] = 1 where x[n] = k, else 0: class indices [N, 1] → [N, classes]. An index that is no whole number from
 * 0 to classes − 1 makes its row NaN, so that it cannot pass for "no class". No gradient: an index is not a quantity.
 */
export const oneHot: Op<'oneHot'> = {
  name: 'oneHot',
  formula: '1 if x = k, else 0',
  shape(inputs, attributes) {
    const [rows, width, ...rest] = sameAsInput(inputs)
    if (rows === undefined || width !== 1 || rest.length > 0) {
      throw new ShapeError('shape-mismatch', 'expected class indices [N, 1]')
    }
    return [rows, numberAttribute(attributes, 'classes')]
  },
  kernel(_inputs, attributes) {
    const classes = numberAttribute(attributes, 'classes')
    return (inputs, y) => {
      const x = operand(inputs, 0)
      y.fill(0)
      for (let row = 0; row < x.length; row++) {
        const index = x[row] ?? NaN
        if (Number.isInteger(index) && index >= 0 && index < classes) y[row * classes + index] = 1
        else y.fill(NaN, row * classes, (row + 1) * classes)
      }
    }
  },
  vjp: () => [null],
  cases: [
    { shapes: [[1, 1]], attributes: { classes: 1 }, integersBelow: 1 },
    { shapes: [[7, 1]], attributes: { classes: 5 }, integersBelow: 5 }
  ]
}
