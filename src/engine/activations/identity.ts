import type { Activation } from './activation'

/** z itself: the layer stays linear. Adds no node to the graph. */
export const identity: Activation<'identity'> = {
  name: 'identity',
  label: 'Identity',
  formula: 'z',
  derivative: '1',
  tex: {
    value: '@z',
    derivative: '1'
  },
  initializer: 'glorot-uniform',
  build: (_graph, z) => z
}
