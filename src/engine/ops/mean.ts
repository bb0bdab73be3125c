import { sizeOf } from '../tensor/tensor'
import type { Shape } from '../spec'
import { reducedShape, reductionCases, repeated, sumKernel } from './reduction'
import { operand, type Op } from './op'

/** y = Σ x / n over `axes`, n the number of values summed. ∂L/∂x = g / n, repeated. */
export const mean: Op<'mean'> = {
  name: 'mean',
  formula: 'Σ x / n',
  shape: reducedShape,
  kernel: (inputs, attributes, output) =>
    sumKernel(operand(inputs, 0), attributes, 1 / count(operand(inputs, 0), output)),
  tableSize: ([input = []]) => sizeOf(input),
  vjp(context) {
    const { graph, inputs, output } = context
    const n = count(graph.shapeOf(operand(inputs, 0)), graph.shapeOf(output))
    return [graph.apply('affine', [repeated(context)], { scale: 1 / n, offset: 0 })]
  },
  cases: reductionCases
}

function count(input: Shape, output: Shape): number {
  return sizeOf(input) / sizeOf(output)
}
