import type { SurfaceSpec } from './surface'
import { plus, product, square, sum } from './terms'

/** f = Σ (cₖ − x·(1 − yᵏ))² for k = 1, 2, 3, ∇f = Σ 2(cₖ − x·(1 − yᵏ)) · (yᵏ − 1, k·x·yᵏ⁻¹), c = 1.5, 2.25, 2.625. */
export const beale: SurfaceSpec = {
  name: 'beale',
  label: 'Beale',
  summary:
    'A wide plain between steep corners: where the gradient is small the rate decides, and momentum shortens the way.',
  formula: 'f = (1.5 - x + x y)^2 + (2.25 - x + x y^2)^2 + (2.625 - x + x y^3)^2',
  source: 'Beale 1958, On an Iterative Method for Finding a Local Minimum of a Function of More than One Variable.',
  domain: { x: [-1, 4.5], y: [-2, 2] },
  start: [1, 1.5],
  minima: [{ at: [3, 0.5], value: 0, isGlobal: true }],
  rates: { descent: 0.005, adaptive: 0.02 },
  build(graph, x, y) {
    const ySquare = square(graph, y)
    const powers = [y, ySquare, product(graph, ySquare, y)] as const
    const part = (offset: number, power: number) =>
      square(graph, plus(graph, graph.apply('subtract', [product(graph, x, power), x]), offset))
    return sum(graph, part(1.5, powers[0]), part(2.25, powers[1]), part(2.625, powers[2]))
  }
}
