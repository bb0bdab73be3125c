import type { Activation } from './activation'

/** σ(z) = 1 / (1 + e^−z), in (0, 1). */
export const sigmoid: Activation<'sigmoid'> = {
  name: 'sigmoid',
  label: 'Sigmoid',
  formula: '1 / (1 + e^−z)',
  derivative: 'σ(z) · (1 − σ(z))',
  tex: {
    value: '\\frac{1}{1 + e^{-@z}}',
    derivative: '@a \\cdot (1 - @a)'
  },
  initializer: 'glorot-uniform',
  // f′ = y · (1 − y) is below 0.0099 there, of at most ¼.
  isFlat: (y) => y < 0.01 || y > 0.99,
  build: (graph, z) => graph.apply('sigmoid', [z])
}
