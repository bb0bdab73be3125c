import type { Activation } from './activation'

/** σ(z) = 1 / (1 + e^−z), in (0, 1). */
export const sigmoid: Activation<'sigmoid'> = {
  name: 'sigmoid',
  label: 'Sigmoid',
  formula: '1 / (1 + e^−z)',
  derivative: 'σ(z) · (1 − σ(z))',
  initializer: 'glorot-uniform',
  build: (graph, z) => graph.apply('sigmoid', [z])
}
