import { ShapeError } from '../../shared/errors'
import { axisSize } from '../tensor/tensor'
import { operand, type Op } from './op'

/**
 * y[…, :] = table[i[…], :]: a table [K, D] and indices of any shape […] → […, D]. An index that is no whole number from
 * 0 to K − 1 gives a row of NaN, so that it cannot pass for another one; nothing outside the table is read.
 * ∂L/∂table = `scatterRows` of g; an index is not a quantity and has no gradient. ONNX: Gather with axis 0, its indices
 * cast to int64 (they are whole numbers).
 */
export const gatherRows: Op<'gatherRows'> = {
  name: 'gatherRows',
  formula: 'table[i]',
  shape(inputs) {
    const [table, indices] = inputs
    if (inputs.length !== 2 || table?.length !== 2 || indices === undefined) {
      throw new ShapeError('shape-mismatch', 'expected a table [K, D] and indices')
    }
    return [...indices, axisSize(table, 1)]
  },
  kernel(inputs) {
    const rows = axisSize(operand(inputs, 0), 0)
    const width = axisSize(operand(inputs, 0), 1)
    return (values, y) => {
      const table = operand(values, 0)
      operand(values, 1).forEach((row, i) => {
        if (isRow(row, rows)) y.set(table.subarray(row * width, (row + 1) * width), i * width)
        else y.fill(NaN, i * width, (i + 1) * width)
      })
    }
  },
  vjp({ graph, inputs, gradient, needs }) {
    const rows = axisSize(graph.shapeOf(operand(inputs, 0)), 0)
    return [operand(needs, 0) ? graph.apply('scatterRows', [operand(inputs, 1), gradient], { rows }) : null, null]
  },
  cases: [
    { shapes: [[1, 1], []], integersBelow: 1, integerInputs: [1] },
    { shapes: [[3, 5], [7]], integersBelow: 3, integerInputs: [1] },
    {
      shapes: [
        [9, 4],
        [2, 3]
      ],
      integersBelow: 9,
      integerInputs: [1]
    },
    { shapes: [[4, 1], [5]], integersBelow: 4, integerInputs: [1] }
  ],
  kernelCases: [0, 1, 3, 4, 5, 17].map((width) => ({
    shapes: [
      [23, width],
      [9, 3]
    ],
    integersBelow: 23,
    integerInputs: [1]
  }))
}

/** Whether a number is an index of one of so many rows. */
export function isRow(value: number, rows: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < rows
}
