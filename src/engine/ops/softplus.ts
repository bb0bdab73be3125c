import { sameAsInput, unaryCases, unaryKernel } from './elementwise'
import { operand, type Op } from './op'

/** y = log(1 + e^x), computed as max(0, x) + log1p(e^−|x|), which cannot overflow. ∂L/∂x = sigmoid(x)·g. */
export const softplus: Op<'softplus'> = {
  name: 'softplus',
  formula: 'log(1 + e^x)',
  shape: sameAsInput,
  kernel: () => unaryKernel((x) => Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x)))),
  vjp: ({ graph, inputs, gradient }) => [
    graph.apply('multiply', [graph.apply('sigmoid', [operand(inputs, 0)]), gradient])
  ],
  cases: unaryCases
}
