import type { Activation } from './activation'

/** max(0, z). Nair and Hinton 2010. Its derivative at the kink z = 0 is taken as 0, as in PyTorch. */
export const relu: Activation<'relu'> = {
  name: 'relu',
  label: 'ReLU',
  formula: 'max(0, z)',
  derivative: '1 if z > 0, else 0',
  tex: {
    value: '\\max(0, @z)',
    derivative: '\\begin{cases} 1 & @z > 0 \\\\ 0 & @z \\le 0 \\end{cases}'
  },
  initializer: 'he-uniform',
  dies: true,
  build: (graph, z) => graph.apply('relu', [z])
}
