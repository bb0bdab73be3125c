import { absoluteError } from './errors'
import type { LossSpec } from './loss'

/**
 * Absolute error, the mean over rows: L = mean |ŷ − y|. PyTorch's `L1Loss`; its slope at an error of 0 is 0. A large
 * miss pulls no harder than a small one, so single odd rows do not rule the fit.
 */
export const absolute: LossSpec<'absolute'> = {
  name: 'absolute',
  label: 'Absolute error',
  summary: 'The mean distance between output and target. A few wild rows weigh less than with the squared error.',
  formula: '|p − t|',
  fields: [],
  tasks: ['regression'],
  outputUnits: () => 1,
  link: () => 'identity',
  meanOver: 'rows',
  build: (graph, _task, logits, targets) =>
    graph.apply('mean', [absoluteError(graph, logits, targets)], { axes: [0, 1], keepDims: false })
}
