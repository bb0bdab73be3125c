import { sameAsInput, unaryCases, unaryKernel } from './elementwise'
import type { Op } from './op'

/** y = e^x. ∂L/∂x = y·g. */
export const exp: Op<'exp'> = {
  name: 'exp',
  formula: 'e^x',
  shape: sameAsInput,
  kernel: () => unaryKernel(Math.exp),
  vjp: ({ graph, output, gradient }) => [graph.apply('multiply', [output, gradient])],
  cases: unaryCases
}
