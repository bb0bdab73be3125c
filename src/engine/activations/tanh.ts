import type { Activation } from './activation'

/** tanh(z), in (−1, 1). */
export const tanh: Activation<'tanh'> = {
  name: 'tanh',
  label: 'Tanh',
  formula: 'tanh(z)',
  derivative: '1 − tanh(z)²',
  tex: {
    value: '\\tanh(@z)',
    derivative: '1 - @a^2'
  },
  initializer: 'glorot-uniform',
  // f′ = 1 − y² is below 0.02 there, of at most 1.
  isFlat: (y) => Math.abs(y) > 0.99,
  build: (graph, z) => graph.apply('tanh', [z])
}
