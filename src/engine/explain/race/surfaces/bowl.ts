import type { SurfaceSpec } from './surface'
import { square, sum, times } from './terms'

/** f = ½(x² + y²), ∇f = (x, y). */
export const bowl: SurfaceSpec = {
  name: 'bowl',
  label: 'Bowl',
  summary: 'As steep in every direction: the gradient points straight at the minimum, and every optimizer gets there.',
  formula: 'f = \\tfrac{1}{2}(x^2 + y^2)',
  source: 'The sphere function (De Jong 1975), halved.',
  domain: { x: [-2, 2], y: [-2, 2] },
  start: [-1.6, 1.2],
  minima: [{ at: [0, 0], value: 0, isGlobal: true }],
  rates: { descent: 0.1, adaptive: 0.05 },
  build: (graph, x, y) => times(graph, 0.5, sum(graph, square(graph, x), square(graph, y)))
}
