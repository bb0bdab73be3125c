import type { SurfaceSpec } from './surface'
import { plus, square, sum, times } from './terms'

/** f = (1 − x)² + 100·(y − x²)², ∇f = (−2(1 − x) − 400·x·(y − x²), 200·(y − x²)). */
export const rosenbrock: SurfaceSpec = {
  name: 'rosenbrock',
  label: 'Rosenbrock’s valley',
  summary:
    'The curved valley is found at once; its floor hardly falls, and following it to the minimum is what takes so long.',
  formula: 'f = (1 - x)^2 + 100\\,(y - x^2)^2',
  source: 'Rosenbrock 1960, An Automatic Method for Finding the Greatest or Least Value of a Function.',
  domain: { x: [-2, 2], y: [-1, 3] },
  start: [-1.2, 1],
  minima: [{ at: [1, 1], value: 0, isGlobal: true }],
  rates: { descent: 0.001, adaptive: 0.02 },
  build(graph, x, y) {
    const beside = graph.apply('subtract', [y, square(graph, x)])
    return sum(graph, square(graph, plus(graph, x, -1)), times(graph, 100, square(graph, beside)))
  }
}
