import { ShapeError } from '../../shared/errors'
import { axisSize } from '../tensor/tensor'
import { alongAxis, axisAttribute } from './axis'
import { sameAsInput } from './elementwise'
import { numberAttribute, operand, type Op } from './op'

/**
 * y = x with `before` zeros in front of it and `after` behind it along `axis`. ∂L/∂x = the part of g where x stands.
 * ONNX: Pad, mode constant, with 0 on every other axis.
 */
export const pad: Op<'pad'> = {
  name: 'pad',
  formula: '0 …, x, 0 …',
  shape(inputs, attributes) {
    const shape = sameAsInput(inputs)
    const axis = axisAttribute(shape, attributes)
    const [before, after] = [numberAttribute(attributes, 'before'), numberAttribute(attributes, 'after')]
    if (![before, after].every((count) => Number.isInteger(count) && count >= 0)) {
      throw new ShapeError('shape-mismatch', `expected whole numbers of zeros, got ${before} before and ${after} after`)
    }
    return shape.map((size, i) => (i === axis ? before + size + after : size))
  },
  kernel(inputs, attributes, output) {
    const shape = operand(inputs, 0)
    const axis = axisAttribute(shape, attributes)
    const { outer, inner } = alongAxis(shape, axis)
    const run = axisSize(shape, axis) * inner
    const width = axisSize(output, axis) * inner
    const offset = numberAttribute(attributes, 'before') * inner
    return (values, y) => {
      const x = operand(values, 0)
      y.fill(0)
      for (let row = 0; row < outer; row++) y.set(x.subarray(row * run, (row + 1) * run), row * width + offset)
    }
  },
  vjp({ graph, inputs, attributes, gradient }) {
    const shape = graph.shapeOf(operand(inputs, 0))
    const axis = axisAttribute(shape, attributes)
    const start = numberAttribute(attributes, 'before')
    return [graph.apply('slice', [gradient], { axis, start, end: start + axisSize(shape, axis) })]
  },
  cases: [
    { shapes: [[1]], attributes: { axis: 0, before: 1, after: 2 } },
    { shapes: [[7, 5]], attributes: { axis: 0, before: 0, after: 3 } },
    { shapes: [[7, 5]], attributes: { axis: 1, before: 2, after: 0 } },
    { shapes: [[2, 3, 5]], attributes: { axis: 1, before: 1, after: 1 } },
    { shapes: [[2, 3]], attributes: { axis: 1, before: 0, after: 0 } }
  ],
  kernelCases: [0, 1, 3, 4, 5, 17].flatMap((before) => [
    { shapes: [[3, 5]], attributes: { axis: 1, before, after: 18 - before } },
    { shapes: [[2, before, 3]], attributes: { axis: 1, before: 2, after: before } }
  ])
}
