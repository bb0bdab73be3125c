import { weighted } from './weights'
import { unitsWithOneForBinary, type LossSpec } from './loss'
import { smoothed, smoothingField } from './smoothing'

/**
 * Log loss of two classes, the mean over rows (two classes) or over all N·T elements (labels, each two classes): with p = σ(z) the probability of the second class,
 * L = mean −[t·log p + (1 − t)·log(1 − p)], computed from the logit as softplus(z) − t·z, which is the same and
 * finite for every z. PyTorch's `BCEWithLogitsLoss`.
 *
 * Label smoothing ε takes t·(1 − ε) + ε/2 for t. Class weights w multiply each row's loss by w[t]; the mean stays that
 * over rows, as with PyTorch's `BCEWithLogitsLoss(weight=w[t])`.
 */
export const log: LossSpec<'log'> = {
  name: 'log',
  label: 'Log loss',
  summary:
    'How surprised the network is by the right one of two classes. One output, for each label one: the probability of the second class.',
  formula: '−[t · log p + (1 − t) · log(1 − p)]',
  fields: [smoothingField],
  tasks: ['binary', 'multi-label'],
  outputUnits: unitsWithOneForBinary,
  link: () => 'sigmoid',
  meanOver: 'rows',
  build(graph, _task, logits, targets, settings, rowWeights) {
    const wanted = smoothed(graph, targets, 2, settings)
    const surprise = graph.apply('subtract', [
      graph.apply('softplus', [logits]),
      graph.apply('multiply', [wanted, logits])
    ])
    const ofRows = weighted(graph, surprise, targets, settings, rowWeights)
    return graph.apply('mean', [ofRows], { axes: [0, 1], keepDims: false })
  }
}
