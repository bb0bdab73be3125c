import { sameAsInput, unaryCases, unaryKernel } from './elementwise'
import { operand, type Op } from './op'

/** y = erf x = 2/√π · ∫₀ˣ e^−t² dt, within a few units of the last place of float64. ∂L/∂x = 2/√π · e^−x² · g. */
export const erf: Op<'erf'> = {
  name: 'erf',
  formula: '2/√π · ∫₀ˣ e^−t² dt',
  shape: sameAsInput,
  kernel: () => unaryKernel(erfOf),
  vjp({ graph, inputs, gradient }) {
    const negated = graph.apply('affine', [graph.apply('square', [operand(inputs, 0)])], { scale: -1, offset: 0 })
    const slope = graph.apply('affine', [graph.apply('exp', [negated])], { scale: TWO_OVER_ROOT_PI, offset: 0 })
    return [graph.apply('multiply', [slope, gradient])]
  },
  cases: unaryCases
}

const TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI)
/** From here on 1 − erf x is below half a unit of the last place of 1. */
const ONE_FROM = 6
/** Up to here the series, from here the continued fraction, which then needs only a few terms. */
const SERIES_TO = 4
const FRACTION_DEPTH = 24

function erfOf(x: number): number {
  if (Math.abs(x) >= ONE_FROM) return Math.sign(x)
  // e^−x² with x² split, since the rounding of x² would be multiplied by x²: z² is exact, z having 24 bits.
  const z = Math.fround(x)
  const bell = Math.exp(-z * z) * Math.exp((z - x) * (z + x))
  if (Math.abs(x) < SERIES_TO) return TWO_OVER_ROOT_PI * bell * series(x)
  return Math.sign(x) * (1 - (TWO_OVER_ROOT_PI / 2) * (bell / fraction(Math.abs(x))))
}

/**
 * Σ 2ⁿ·x^(2n+1) / (1·3·…·(2n+1)): all terms have the sign of x, so none cancels another. Abramowitz and Stegun 1964,
 * 7.1.6.
 */
function series(x: number): number {
  let term = x
  let sum = x
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 2 ** -54; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return sum
}

/** x + ½/(x + 1/(x + 1½/(x + 2/(x + …)))), by which e^−x²/√π is divided to give 1 − erf x. The same, 7.1.14. */
function fraction(x: number): number {
  let value = x
  for (let n = FRACTION_DEPTH; n >= 1; n--) value = x + n / 2 / value
  return value
}
