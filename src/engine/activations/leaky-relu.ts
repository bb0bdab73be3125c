import type { Activation } from './activation'

/** PyTorch's default `negative_slope`. */
const SLOPE = 0.01

/**
 * z for z > 0, else 0.01·z: units never fall silent for good. Maas, Hannun and Ng 2013. Built as
 * 0.01·z + 0.99·max(0, z), whose derivative at the kink z = 0 is 0.01, as in PyTorch.
 */
export const leakyRelu: Activation<'leaky-relu'> = {
  name: 'leaky-relu',
  label: 'Leaky ReLU',
  formula: 'z if z > 0, else 0.01 · z',
  derivative: '1 if z > 0, else 0.01',
  tex: {
    value: '\\begin{cases} @z & @z > 0 \\\\ 0.01 \\cdot @z & @z \\le 0 \\end{cases}',
    derivative: '\\begin{cases} 1 & @z > 0 \\\\ 0.01 & @z \\le 0 \\end{cases}'
  },
  initializer: 'he-uniform',
  build(graph, z) {
    const sloped = graph.apply('affine', [z], { scale: SLOPE, offset: 0 })
    const rest = graph.apply('affine', [graph.apply('relu', [z])], { scale: 1 - SLOPE, offset: 0 })
    return graph.apply('add', [sloped, rest])
  }
}
