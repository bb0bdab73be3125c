import type { Activation } from './activation'
import { exponentialLinear } from './elu'

/** The fixed point of Klambauer, Unterthiner, Mayr and Hochreiter 2017, equation 14: mean 0 and variance 1 stay so. */
const LAMBDA = 1.0507009873554804934193349852946
const ALPHA = 1.6732632423543772848170429916717

/** λ·z for z > 0, else λ·α·(e^z − 1): outputs keep mean 0 and variance 1 from layer to layer. */
export const selu: Activation<'selu'> = {
  name: 'selu',
  label: 'SELU',
  formula: 'λ · z if z > 0, else λ · α · (e^z − 1);  λ ≈ 1.0507, α ≈ 1.6733',
  derivative: 'λ if z > 0, else λ · α · e^z',
  // λ and λ·α, to seven digits.
  tex: {
    value: '\\begin{cases} 1.050701 \\cdot @z & @z > 0 \\\\ 1.758099 \\cdot (e^{@z} - 1) & @z \\le 0 \\end{cases}',
    derivative: '\\begin{cases} 1.050701 & @z > 0 \\\\ 1.758099 \\cdot e^{@z} & @z \\le 0 \\end{cases}'
  },
  initializer: 'lecun-normal',
  build: (graph, z) => exponentialLinear(graph, z, LAMBDA, LAMBDA * ALPHA)
}
