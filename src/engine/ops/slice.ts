import { ShapeError } from '../../shared/errors'
import { axisSize } from '../tensor/tensor'
import { alongAxis, axisAttribute } from './axis'
import { sameAsInput } from './elementwise'
import { numberAttribute, operand, type Op } from './op'

/**
 * y = the values of x from `start` (from 0) to before `end` along `axis`. ∂L/∂x = g where they stood, 0 elsewhere.
 * ONNX: Slice with axes [axis], starts [start], ends [end], steps [1].
 */
export const slice: Op<'slice'> = {
  name: 'slice',
  formula: 'x from start to end',
  shape(inputs, attributes) {
    const shape = sameAsInput(inputs)
    const axis = axisAttribute(shape, attributes)
    const [start, end] = [numberAttribute(attributes, 'start'), numberAttribute(attributes, 'end')]
    if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || start > end || end > axisSize(shape, axis)) {
      throw new ShapeError(
        'shape-mismatch',
        `expected 0 ≤ start ≤ end ≤ ${axisSize(shape, axis)} along axis ${axis}, got start ${start} and end ${end}`
      )
    }
    return shape.map((size, i) => (i === axis ? end - start : size))
  },
  kernel(inputs, attributes, output) {
    const shape = operand(inputs, 0)
    const axis = axisAttribute(shape, attributes)
    const { outer, inner } = alongAxis(shape, axis)
    const width = axisSize(shape, axis) * inner
    const run = axisSize(output, axis) * inner
    const offset = numberAttribute(attributes, 'start') * inner
    return (values, y) => {
      const x = operand(values, 0)
      for (let row = 0; row < outer; row++) {
        const from = row * width + offset
        y.set(x.subarray(from, from + run), row * run)
      }
    }
  },
  vjp({ graph, inputs, attributes, gradient }) {
    const shape = graph.shapeOf(operand(inputs, 0))
    const axis = axisAttribute(shape, attributes)
    const before = numberAttribute(attributes, 'start')
    const after = axisSize(shape, axis) - numberAttribute(attributes, 'end')
    return [graph.apply('pad', [gradient], { axis, before, after })]
  },
  cases: [
    { shapes: [[1]], attributes: { axis: 0, start: 0, end: 1 } },
    { shapes: [[7, 5]], attributes: { axis: 0, start: 2, end: 3 } },
    { shapes: [[7, 5]], attributes: { axis: 1, start: 1, end: 5 } },
    { shapes: [[2, 3, 5]], attributes: { axis: 1, start: 0, end: 2 } },
    { shapes: [[2, 3, 5]], attributes: { axis: 2, start: 3, end: 5 } }
  ],
  kernelCases: [
    ...[0, 1, 3, 4, 5, 17].map((end) => ({ shapes: [[5, 19]], attributes: { axis: 1, start: 0, end } })),
    ...[0, 1, 2].map((axis) => ({ shapes: [[3, 4, 5]], attributes: { axis, start: 1, end: 3 } }))
  ]
}
