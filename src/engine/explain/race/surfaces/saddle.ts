import type { SurfaceSpec } from './surface'
import { square, sum, times } from './terms'

/** f = ½x² − ½y² + ¼y⁴, ∇f = (x, y³ − y): a saddle at (0, 0), curved up along x and down along y. */
export const saddle: SurfaceSpec = {
  name: 'saddle',
  label: 'Saddle',
  summary:
    'Flat at the saddle in the middle, and no minimum there. Beginning a hair beside the ridge, plain descent waits long before it falls to a side.',
  formula: 'f = \\tfrac{1}{2}x^2 - \\tfrac{1}{2}y^2 + \\tfrac{1}{4}y^4',
  source: 'The simplest saddle with minima beside it; on saddles in learning: Dauphin et al. 2014.',
  domain: { x: [-2, 2], y: [-1.6, 1.6] },
  start: [-1.7, 0.001],
  minima: [
    { at: [0, 1], value: -0.25, isGlobal: true },
    { at: [0, -1], value: -0.25, isGlobal: true }
  ],
  rates: { descent: 0.05, adaptive: 0.02 },
  build(graph, x, y) {
    const ySquare = square(graph, y)
    return sum(
      graph,
      times(graph, 0.5, square(graph, x)),
      times(graph, -0.5, ySquare),
      times(graph, 0.25, square(graph, ySquare))
    )
  }
}
