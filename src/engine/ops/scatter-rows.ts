import { ShapeError } from '../../shared/errors'
import { axisSize, sameShape } from '../tensor/tensor'
import { isRow } from './gather-rows'
import { numberAttribute, operand, type Op } from './op'

/**
 * y[k, :] = Σ x[…, :] over the places where i[…] = k: indices […] and values […, D] → [`rows`, D], summed in the order of
 * the places. What has an index that is no row is left out. The adjoint of `gatherRows`, which is its gradient by x.
 */
export const scatterRows: Op<'scatterRows'> = {
  name: 'scatterRows',
  formula: 'Σ x where i = k',
  shape(inputs, attributes) {
    const [indices, values] = inputs
    if (inputs.length !== 2 || indices === undefined || values === undefined || !matches(indices, values)) {
      throw new ShapeError('shape-mismatch', 'expected indices and values with one axis more')
    }
    return [numberAttribute(attributes, 'rows'), axisSize(values, -1)]
  },
  kernel(inputs, attributes) {
    const rows = numberAttribute(attributes, 'rows')
    const width = axisSize(operand(inputs, 1), -1)
    return (values, y) => {
      const x = operand(values, 1)
      y.fill(0)
      operand(values, 0).forEach((row, i) => {
        if (!isRow(row, rows)) return
        for (let j = 0; j < width; j++) y[row * width + j] = (y[row * width + j] ?? 0) + (x[i * width + j] ?? 0)
      })
    }
  },
  vjp({ graph, inputs, gradient, needs }) {
    return [null, operand(needs, 1) ? graph.apply('gatherRows', [gradient, operand(inputs, 0)]) : null]
  },
  cases: [
    { shapes: [[], [1]], attributes: { rows: 1 }, integersBelow: 1, integerInputs: [0] },
    { shapes: [[7], [7, 5]], attributes: { rows: 3 }, integersBelow: 3, integerInputs: [0] },
    {
      shapes: [
        [2, 3],
        [2, 3, 4]
      ],
      attributes: { rows: 9 },
      integersBelow: 9,
      integerInputs: [0]
    }
  ],
  kernelCases: [0, 1, 3, 4, 5, 17].map((width) => ({
    shapes: [
      [9, 3],
      [9, 3, width]
    ],
    attributes: { rows: 7 },
    integersBelow: 7,
    integerInputs: [0]
  }))
}

function matches(indices: readonly number[], values: readonly number[]): boolean {
  return values.length === indices.length + 1 && sameShape(indices, values.slice(0, -1))
}
