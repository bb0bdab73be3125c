import { sameAsInput, unaryCases, unaryKernel } from './elementwise'
import type { Op } from './op'

/** y = 1 / (1 + e^−x), finite for every x. ∂L/∂x = y·(1 − y)·g. */
export const sigmoid: Op<'sigmoid'> = {
  name: 'sigmoid',
  formula: '1 / (1 + e^−x)',
  shape: sameAsInput,
  kernel: () => unaryKernel(sigmoidOf),
  vjp({ graph, output, gradient }) {
    const rest = graph.apply('affine', [output], { scale: -1, offset: 1 })
    return [graph.apply('multiply', [graph.apply('multiply', [output, rest]), gradient])]
  },
  cases: unaryCases
}

function sigmoidOf(x: number): number {
  // e^x only of negative numbers: it cannot overflow, and small results keep all their digits.
  const e = Math.exp(-Math.abs(x))
  return x >= 0 ? 1 / (1 + e) : e / (1 + e)
}
