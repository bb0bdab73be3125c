import type { Activation } from './activation'

/** log(1 + e^z): a ReLU without a kink, in (0, ∞). Dugas, Bengio, Bélisle, Nadeau and Garcia 2001. */
export const softplus: Activation<'softplus'> = {
  name: 'softplus',
  label: 'Softplus',
  formula: 'log(1 + e^z)',
  derivative: '1 / (1 + e^−z)',
  tex: {
    value: '\\ln(1 + e^{@z})',
    derivative: '\\frac{1}{1 + e^{-@z}}'
  },
  initializer: 'he-uniform',
  build: (graph, z) => graph.apply('softplus', [z])
}
