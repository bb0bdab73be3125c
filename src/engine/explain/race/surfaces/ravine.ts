import type { SurfaceSpec } from './surface'
import { square, sum, times } from './terms'

/**
 * f = ½(x² + 40·y²), ∇f = (x, 40·y): descent is stable below η = 2/40, momentum below 2(1 + μ)/40, and Nesterov's
 * below 2(1 + μ)/(1 + 2μ)/40, which is 0.034 for μ = 0.9.
 */
export const ravine: SurfaceSpec = {
  name: 'ravine',
  label: 'Ravine',
  summary:
    'Forty times as steep across as along. The steep walls bound the rate, and plain descent then crawls along the floor; momentum adds up there, and steps that are scaled for each direction do not see the difference.',
  formula: 'f = \\tfrac{1}{2}(x^2 + 40\\,y^2)',
  source: 'An ill-conditioned quadratic (Polyak 1964; Goh 2017, Why Momentum Really Works), of condition 40.',
  domain: { x: [-4, 4], y: [-1.5, 1.5] },
  start: [-3.6, 1],
  minima: [{ at: [0, 0], value: 0, isGlobal: true }],
  rates: { descent: 0.033, adaptive: 0.05 },
  build: (graph, x, y) => times(graph, 0.5, sum(graph, square(graph, x), times(graph, 40, square(graph, y))))
}
