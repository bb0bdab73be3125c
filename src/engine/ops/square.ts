import { sameAsInput, unaryCases, unaryKernel } from './elementwise'
import { operand, type Op } from './op'

/** y = x². ∂L/∂x = 2x·g. */
export const square: Op<'square'> = {
  name: 'square',
  formula: 'x²',
  shape: sameAsInput,
  kernel: () => unaryKernel((x) => x * x),
  vjp: ({ graph, inputs, gradient }) => [
    graph.apply('multiply', [graph.apply('affine', [operand(inputs, 0)], { scale: 2, offset: 0 }), gradient])
  ],
  cases: unaryCases
}
