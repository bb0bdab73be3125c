import type { Activation } from './activation'

/** z·Φ(z), Φ the normal distribution function, exact by erf. Hendrycks and Gimpel 2016. PyTorch's `GELU()`. */
export const gelu: Activation<'gelu'> = {
  name: 'gelu',
  label: 'GELU',
  formula: 'z · Φ(z),  Φ(z) = (1 + erf(z/√2)) / 2',
  derivative: 'Φ(z) + z · e^(−z²/2) / √(2π)',
  tex: {
    value: '\\frac{@z}{2} \\cdot \\left(1 + \\operatorname{erf}\\left(\\frac{@z}{\\sqrt{2}}\\right)\\right)',
    derivative:
      '\\frac{1}{2} \\cdot \\left(1 + \\operatorname{erf}\\left(\\frac{@z}{\\sqrt{2}}\\right)\\right) + \\frac{@z}{\\sqrt{2 \\pi}} \\cdot e^{-@z^2 / 2}'
  },
  initializer: 'he-uniform',
  build(graph, z) {
    const scaled = graph.apply('affine', [z], { scale: Math.SQRT1_2, offset: 0 })
    const share = graph.apply('affine', [graph.apply('erf', [scaled])], { scale: 0.5, offset: 0.5 })
    return graph.apply('multiply', [z, share])
  }
}
