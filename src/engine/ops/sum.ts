import { sizeOf } from '../tensor/tensor'
import { reducedShape, reductionCases, repeated, sumKernel } from './reduction'
import { operand, type Op } from './op'

/** y = Σ x over `axes`. ∂L/∂x = g, repeated. */
export const sum: Op<'sum'> = {
  name: 'sum',
  formula: 'Σ x',
  shape: reducedShape,
  kernel: (inputs, attributes) => sumKernel(operand(inputs, 0), attributes, 1),
  tableSize: ([input = []]) => sizeOf(input),
  vjp: (context) => [repeated(context)],
  cases: reductionCases
}
