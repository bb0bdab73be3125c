import type { SurfaceSpec } from './surface'
import { plus, square, sum } from './terms'

/** f = (x² + y − 11)² + (x + y² − 7)², ∇f = (4x(x² + y − 11) + 2(x + y² − 7), 2(x² + y − 11) + 4y(x + y² − 7)). */
export const himmelblau: SurfaceSpec = {
  name: 'himmelblau',
  label: 'Himmelblau',
  summary:
    'Four minima, all as low, around one hill. From its top a small difference in the first steps decides which of them is reached.',
  formula: 'f = (x^2 + y - 11)^2 + (x + y^2 - 7)^2',
  source: 'Himmelblau 1972, Applied Nonlinear Programming.',
  domain: { x: [-5, 5], y: [-5, 5] },
  start: [-0.3, -0.6],
  minima: [
    { at: [3, 2], value: 0, isGlobal: true },
    { at: [-2.805118086952745, 3.131312518250573], value: 0, isGlobal: true },
    { at: [-3.779310253377747, -3.283185991286169], value: 0, isGlobal: true },
    { at: [3.584428340330492, -1.848126526964404], value: 0, isGlobal: true }
  ],
  rates: { descent: 0.005, adaptive: 0.05 },
  build: (graph, x, y) =>
    sum(
      graph,
      square(graph, plus(graph, sum(graph, square(graph, x), y), -11)),
      square(graph, plus(graph, sum(graph, x, square(graph, y)), -7))
    )
}
