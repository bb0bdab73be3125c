import { weighted } from './weights'
import { absoluteError } from './errors'
import { unitsWithOneForBinary, type LossSpec } from './loss'

/**
 * Absolute error, the mean over all N·T elements: L = mean |ŷ − y|. PyTorch's `L1Loss`; its slope at an error of 0 is 0. A large
 * miss pulls no harder than a small one, so single odd rows do not rule the fit.
 */
export const absolute: LossSpec<'absolute'> = {
  name: 'absolute',
  label: 'Absolute error',
  summary: 'The mean distance between output and target. A few wild rows weigh less than with the squared error.',
  formula: '|p − t|',
  fields: [],
  tasks: ['regression'],
  outputUnits: unitsWithOneForBinary,
  link: () => 'identity',
  meanOver: 'rows',
  build(graph, _task, logits, targets, settings, rowWeights) {
    const ofRows = weighted(graph, absoluteError(graph, logits, targets), targets, settings, rowWeights)
    return graph.apply('mean', [ofRows], { axes: [0, 1], keepDims: false })
  }
}
