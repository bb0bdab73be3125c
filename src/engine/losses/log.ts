import type { LossSpec } from './loss'

/**
 * Log loss of two classes, the mean over rows: with p = σ(z) the probability of the second class,
 * L = mean −[t·log p + (1 − t)·log(1 − p)], computed from the logit as softplus(z) − t·z, which is the same and
 * finite for every z. PyTorch's `BCEWithLogitsLoss`.
 */
export const log: LossSpec<'log'> = {
  name: 'log',
  label: 'Log loss',
  summary:
    'How surprised the network is by the right one of two classes. One output: the probability of the second class.',
  formula: '−[t · log p + (1 − t) · log(1 − p)]',
  tasks: ['binary'],
  outputUnits: () => 1,
  link: () => 'sigmoid',
  build(graph, _task, logits, targets) {
    const surprise = graph.apply('subtract', [
      graph.apply('softplus', [logits]),
      graph.apply('multiply', [targets, logits])
    ])
    return graph.apply('mean', [surprise], { axes: [0, 1], keepDims: false })
  }
}
