import { sameAsInput, unaryCases, unaryKernel } from './elementwise'
import type { Op } from './op'

/** y = √x; NaN below 0. ∂L/∂x = g / (2y), infinite at 0. */
export const sqrt: Op<'sqrt'> = {
  name: 'sqrt',
  formula: '√x',
  shape: sameAsInput,
  kernel: () => unaryKernel(Math.sqrt),
  vjp: ({ graph, output, gradient }) => [
    graph.apply('divide', [gradient, graph.apply('affine', [output], { scale: 2, offset: 0 })])
  ],
  // The slope grows without bound towards 0, where differences see less and less of it.
  cases: unaryCases.map((unary) => ({ ...unary, range: [0.1, 4] }))
}
