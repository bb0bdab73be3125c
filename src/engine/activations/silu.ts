import type { Activation } from './activation'

/** z·σ(z), also called swish. Elfwing, Uchibe and Doya 2018. */
export const silu: Activation<'silu'> = {
  name: 'silu',
  label: 'SiLU',
  formula: 'z · σ(z),  σ(z) = 1 / (1 + e^−z)',
  derivative: 'σ(z) · (1 + z · (1 − σ(z)))',
  tex: {
    value: '\\frac{@z}{1 + e^{-@z}}',
    derivative: '@a + \\frac{1 - @a}{1 + e^{-@z}}'
  },
  initializer: 'he-uniform',
  build: (graph, z) => graph.apply('multiply', [z, graph.apply('sigmoid', [z])])
}
