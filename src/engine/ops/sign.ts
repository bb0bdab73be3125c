import { sameAsInput, unaryCases, unaryKernel } from './elementwise'
import type { Op } from './op'

/** y = −1 for x < 0, 0 for x = 0, 1 for x > 0; NaN stays NaN. x · sign x is |x|. Its own derivative is 0. */
export const sign: Op<'sign'> = {
  name: 'sign',
  formula: '−1, 0 or 1 as x is below, at or above 0',
  shape: sameAsInput,
  kernel: () => unaryKernel(Math.sign),
  vjp: () => [null],
  cases: unaryCases.map((unary) => ({ ...unary, awayFromZero: 0.01 }))
}
