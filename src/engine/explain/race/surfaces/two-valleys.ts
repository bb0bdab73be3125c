import type { SurfaceSpec } from './surface'
import { plus, square, sum, times } from './terms'

/**
 * f = (x² − 1)² + 0.3·x + (y − x/2)², ∇f = (4x(x² − 1) + 0.3 − (y − x/2), 2(y − x/2)). Where ∇f = 0, y = x/2 and
 * 4x³ − 4x + 0.3 = 0: a shallow minimum, a rise, a deep minimum.
 */
export const twoValleys: SurfaceSpec = {
  name: 'two-valleys',
  label: 'Two valleys',
  summary:
    'A shallow valley lies before the deep one. Plain descent stays in the first that it meets; momentum rolls through it and over the rise behind.',
  formula: 'f = (x^2 - 1)^2 + 0.3\\,x + \\left(y - \\tfrac{1}{2}x\\right)^2',
  source: 'The double well, tilted, with a slanting floor.',
  domain: { x: [-1.9, 1.9], y: [-1.6, 1.6] },
  start: [1.75, -0.6],
  minima: [
    { at: [-1.0355787140888537, -0.5177893570444269], value: -0.305428483743916, isGlobal: true },
    { at: [0.9601495555191055, 0.48007477775955276], value: 0.29414648102826285, isGlobal: false }
  ],
  rates: { descent: 0.02, adaptive: 0.02 },
  build(graph, x, y) {
    const well = square(graph, plus(graph, square(graph, x), -1))
    const beside = graph.apply('subtract', [y, times(graph, 0.5, x)])
    return sum(graph, well, times(graph, 0.3, x), square(graph, beside))
  }
}
