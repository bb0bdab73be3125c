import { sameAsInput, unaryCases, unaryKernel } from './elementwise'
import type { Op } from './op'

/** y = tanh x. ∂L/∂x = (1 − y²)·g. */
export const tanh: Op<'tanh'> = {
  name: 'tanh',
  formula: 'tanh x',
  shape: sameAsInput,
  kernel: () => unaryKernel(Math.tanh),
  vjp({ graph, output, gradient }) {
    const slope = graph.apply('affine', [graph.apply('square', [output])], { scale: -1, offset: 1 })
    return [graph.apply('multiply', [slope, gradient])]
  },
  cases: unaryCases
}
