import type { Activation } from './activation'

/** e^z[k] / Σ e^z[j] over the units of the layer: each in (0, 1), together 1. The one activation whose units compete. */
export const softmax: Activation<'softmax'> = {
  name: 'softmax',
  label: 'Softmax',
  formula: 'e^z[k] / Σ e^z',
  derivative: '∂a[k]/∂z[j] = a[k] · ((1 if j = k, else 0) − a[j])',
  initializer: 'glorot-uniform',
  build: (graph, z) => graph.apply('softmax', [z])
}
