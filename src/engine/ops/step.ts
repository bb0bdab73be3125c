import { sameAsInput, unaryCases, unaryKernel } from './elementwise'
import type { Op } from './op'

/** y = 1 for x > 0, else 0: the derivative of relu, 0 at its kink. Its own derivative is 0. */
export const step: Op<'step'> = {
  name: 'step',
  formula: '1 if x > 0, else 0',
  shape: sameAsInput,
  kernel: () => unaryKernel((x) => (x > 0 ? 1 : 0)),
  vjp: () => [null],
  cases: unaryCases.map((unary) => ({ ...unary, awayFromZero: 0.01 }))
}
