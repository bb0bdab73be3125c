import { ShapeError } from '../../shared/errors'
import type { Shape } from '../spec'
import { axisSize, sizeOf } from '../tensor/tensor'
import { alongAxis, axisAttribute } from './axis'
import { operand, type Kernel, type Op } from './op'

/**
 * y = the inputs one after the other along `axis` (from 0, the batch included); they agree in every other size. One input
 * or more. ∂L/∂x = the part of g that stands where x does. ONNX: Concat with the same `axis`.
 */
export const concat: Op<'concat'> = {
  name: 'concat',
  formula: 'x₁, x₂, …',
  shape(inputs, attributes) {
    const [first] = inputs
    if (first === undefined) throw new ShapeError('shape-mismatch', 'expected one input or more')
    const axis = axisAttribute(first, attributes)
    const agree = inputs.every(
      (shape) => shape.length === first.length && shape.every((size, i) => i === axis || size === first[i])
    )
    if (!agree) throw new ShapeError('shape-mismatch', `expected inputs that differ along axis ${axis} alone`)
    const joined = inputs.reduce((sum, shape) => sum + axisSize(shape, axis), 0)
    return first.map((size, i) => (i === axis ? joined : size))
  },
  kernel: (inputs, attributes, output) => concatKernel(inputs, axisAttribute(output, attributes), output),
  vjp({ graph, inputs, attributes, gradient, needs }) {
    const axis = axisAttribute(graph.shapeOf(gradient), attributes)
    let start = 0
    return inputs.map((input, i) => {
      const from = start
      start += axisSize(graph.shapeOf(input), axis)
      return operand(needs, i) ? graph.apply('slice', [gradient], { axis, start: from, end: start }) : null
    })
  },
  cases: [
    { shapes: [[3]], attributes: { axis: 0 } },
    { shapes: [[1], [4]], attributes: { axis: 0 } },
    {
      shapes: [
        [7, 5],
        [7, 1],
        [7, 2]
      ],
      attributes: { axis: 1 }
    },
    {
      shapes: [
        [2, 3, 5],
        [2, 1, 5]
      ],
      attributes: { axis: 1 }
    },
    {
      shapes: [
        [1, 3, 5],
        [4, 3, 5]
      ],
      attributes: { axis: 0 }
    }
  ],
  kernelCases: [0, 1, 3, 4, 5, 17].flatMap((size) => [
    {
      shapes: [
        [3, size],
        [3, 7],
        [3, 1]
      ],
      attributes: { axis: 1 }
    },
    {
      shapes: [
        [2, size, 5],
        [2, 3, 5]
      ],
      attributes: { axis: 1 }
    }
  ])
}

function concatKernel(inputs: readonly Shape[], axis: number, output: Shape): Kernel {
  const { outer, inner } = alongAxis(output, axis)
  const runs = inputs.map((shape) => axisSize(shape, axis) * inner)
  const width = sizeOf(output) / Math.max(1, outer)
  return (values, y) => {
    let at = 0
    values.forEach((x, i) => {
      const run = operand(runs, i)
      for (let row = 0; row < outer; row++) y.set(x.subarray(row * run, (row + 1) * run), row * width + at)
      at += run
    })
  }
}
