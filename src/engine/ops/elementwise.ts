/** What elementwise primitives share: shape rules, kernels and cases. */
import { ShapeError } from '../../shared/errors'
import type { Attributes } from '../graph/graph'
import type { Shape } from '../spec'
import { sameShape, sizeOf } from '../tensor/tensor'
import { broadcastIndices, broadcastShapes } from './broadcast'
import { operand, type Kernel, type OpCase } from './op'

/** The shape rule of a primitive with one input of any shape. */
export function sameAsInput(inputs: readonly Shape[]): Shape {
  const [shape] = inputs
  if (inputs.length !== 1 || shape === undefined) throw new ShapeError('shape-mismatch', 'expected one input')
  return shape
}

/** The shape rule of two operands that broadcast. */
export function broadcastOfBoth(inputs: readonly Shape[]): Shape {
  const [a, b] = inputs
  if (inputs.length !== 2 || a === undefined || b === undefined) {
    throw new ShapeError('shape-mismatch', 'expected two inputs')
  }
  return broadcastShapes(a, b)
}

/** y[i] = f(x[i]) */
export function unaryKernel(f: (x: number) => number): Kernel {
  return (inputs, output) => {
    const x = operand(inputs, 0)
    for (let i = 0; i < output.length; i++) output[i] = f(x[i] ?? 0)
  }
}

/** y[i] = f(a[i], b[i]), both broadcast to the output's shape. */
export function binaryKernel(shapes: readonly Shape[], output: Shape, f: (a: number, b: number) => number): Kernel {
  const shapeA = operand(shapes, 0)
  const shapeB = operand(shapes, 1)
  if (sameShape(shapeA, shapeB)) {
    return (inputs, y) => {
      const a = operand(inputs, 0)
      const b = operand(inputs, 1)
      for (let i = 0; i < y.length; i++) y[i] = f(a[i] ?? 0, b[i] ?? 0)
    }
  }
  const indexA = broadcastIndices(shapeA, output)
  const indexB = broadcastIndices(shapeB, output)
  return (inputs, y) => {
    const a = operand(inputs, 0)
    const b = operand(inputs, 1)
    for (let i = 0; i < y.length; i++) y[i] = f(a[indexA[i] ?? 0] ?? 0, b[indexB[i] ?? 0] ?? 0)
  }
}

/** The indices that `binaryKernel` keeps, of both operands. */
export function binaryTableSize(shapes: readonly Shape[], _attributes: Attributes, output: Shape): number {
  return sameShape(operand(shapes, 0), operand(shapes, 1)) ? 0 : 2 * sizeOf(output)
}

export const unaryCases: readonly OpCase[] = [
  { shapes: [[]] },
  { shapes: [[1, 1]] },
  { shapes: [[7, 5]] },
  { shapes: [[2, 3, 5]] }
]

export const binaryCases: readonly OpCase[] = [
  { shapes: [[], []] },
  {
    shapes: [
      [1, 1],
      [1, 1]
    ]
  },
  {
    shapes: [
      [7, 5],
      [7, 5]
    ]
  },
  { shapes: [[7, 5], [5]] },
  { shapes: [[], [3, 2]] },
  {
    shapes: [
      [7, 1],
      [1, 5]
    ]
  },
  { shapes: [[3], [2, 1, 1]] },
  {
    shapes: [
      [2, 3, 5],
      [3, 1]
    ]
  },
  { shapes: [[1, 1], [3]] }
]
