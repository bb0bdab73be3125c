import type { Activation } from './activation'

/** tanh(z), in (−1, 1). */
export const tanh: Activation<'tanh'> = {
  name: 'tanh',
  label: 'Tanh',
  formula: 'tanh(z)',
  derivative: '1 − tanh(z)²',
  initializer: 'glorot-uniform',
  build: (graph, z) => graph.apply('tanh', [z])
}
