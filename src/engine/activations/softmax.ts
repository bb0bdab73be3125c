import type { Activation } from './activation'

/** e^z[k] / Σ e^z[j] over the units of the layer: each in (0, 1), together 1. The one activation whose units compete. */
export const softmax: Activation<'softmax'> = {
  name: 'softmax',
  label: 'Softmax',
  formula: 'e^z[k] / Σ e^z',
  derivative: '∂a[k]/∂z[j] = a[k] · ((1 if j = k, else 0) − a[j])',
  // a_k by z_k, and by z_j: @z is z_k, @a is a_k.
  tex: {
    value: '\\frac{e^{@z}}{\\sum_j e^{z_j}}',
    derivative: '@a \\cdot ([j = k] - a_j)'
  },
  initializer: 'glorot-uniform',
  build: (graph, z) => graph.apply('softmax', [z])
}
