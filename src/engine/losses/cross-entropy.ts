import type { LossSpec } from './loss'

/**
 * Cross-entropy, the mean over rows: L = mean −log p[t], p = softmax(logits), t the class index. Computed from
 * logSoftmax, so it is finite for every finite logit. PyTorch's `CrossEntropyLoss`. Two classes have two outputs.
 */
export const crossEntropy: LossSpec<'cross-entropy'> = {
  name: 'cross-entropy',
  label: 'Cross-entropy',
  summary: 'How surprised the network is by the right class. One output for each class.',
  formula: '−log p[t]',
  tasks: ['multi-class', 'binary'],
  outputUnits: (task, classes) => (task === 'binary' ? 2 : classes),
  link: () => 'softmax',
  build(graph, _task, logits, targets) {
    const [, classes = 1] = graph.shapeOf(logits)
    const expected = graph.apply('oneHot', [targets], { classes })
    const weighted = graph.apply('multiply', [expected, graph.apply('logSoftmax', [logits])])
    const ofRow = graph.apply('sum', [weighted], { axes: [1], keepDims: false })
    return graph.apply('affine', [graph.apply('mean', [ofRow], { axes: [0], keepDims: false })], {
      scale: -1,
      offset: 0
    })
  }
}
