import { sameAsInput, unaryCases, unaryKernel } from './elementwise'
import { operand, type Op } from './op'

/** y = max(0, x); NaN stays NaN. ∂L/∂x = step(x)·g. */
export const relu: Op<'relu'> = {
  name: 'relu',
  formula: 'max(0, x)',
  shape: sameAsInput,
  // Not `x > 0 ? x : 0`: a NaN must stay visible.
  kernel: () => unaryKernel((x) => (x <= 0 ? 0 : x)),
  vjp: ({ graph, inputs, gradient }) => [
    graph.apply('multiply', [graph.apply('step', [operand(inputs, 0)]), gradient])
  ],
  cases: unaryCases.map((unary) => ({ ...unary, awayFromZero: 0.01 }))
}
