import { absoluteError } from './errors'
import type { LossSpec } from './loss'

/** Where the parabola turns into a line: one standard deviation of the target, which is standardised. */
const DELTA = 1

/**
 * Huber's loss with δ = 1, the mean over rows: ½·e² for an error |e| ≤ 1, |e| − ½ beyond. Huber 1964. PyTorch's
 * `HuberLoss(delta=1)`, which with δ = 1 is `SmoothL1Loss` too.
 *
 * Computed without a choice: with q = min(|e|, δ), q·(|e| − ½·q) is both branches and has the slope of each.
 */
export const huber: LossSpec<'huber'> = {
  name: 'huber',
  label: 'Huber loss',
  summary:
    'Squared for small errors, straight beyond one standard deviation: smooth, and wild rows do not rule the fit.',
  formula: '0.5 · e² if |e| ≤ 1, else |e| − 0.5;  e = p − t',
  tasks: ['regression'],
  outputUnits: () => 1,
  link: () => 'identity',
  build(graph, _task, logits, targets) {
    const error = absoluteError(graph, logits, targets)
    const beyond = graph.apply('relu', [graph.apply('affine', [error], { scale: 1, offset: -DELTA })])
    const within = graph.apply('subtract', [error, beyond])
    const half = graph.apply('affine', [within], { scale: 0.5, offset: 0 })
    const ofRow = graph.apply('multiply', [within, graph.apply('subtract', [error, half])])
    return graph.apply('mean', [ofRow], { axes: [0, 1], keepDims: false })
  }
}
