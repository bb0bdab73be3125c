import type { NodeId } from '../graph/graph'
import { weightRow } from './weights'
import type { LossSpec } from './loss'
import { smoothed, smoothingField } from './smoothing'

/**
 * Cross-entropy, the mean over rows: L = mean −log p[t], p = softmax(logits), t the class index. Computed from
 * logSoftmax, so it is finite for every finite logit. Two classes have two outputs.
 *
 * With label smoothing ε and class weights w: L = Σₙ Σₖ −w[k] · q[n, k] · log p[n, k] / Σₙ w[tₙ] with
 * q = (1 − ε) · oneHot(t) + ε / K. PyTorch's `CrossEntropyLoss(weight=w, label_smoothing=ε)`. Row weights u are one
 * more factor u[n] of each row's sum; the divisor stays what it is without them: N, or Σₙ w[tₙ].
 */
export const crossEntropy: LossSpec<'cross-entropy'> = {
  name: 'cross-entropy',
  label: 'Cross-entropy',
  summary: 'How surprised the network is by the right class. One output for each class.',
  formula: '−log p[t]',
  fields: [smoothingField],
  tasks: ['multi-class', 'binary'],
  outputUnits: (task, answers) => (task === 'binary' ? 2 : answers),
  link: () => 'softmax',
  meanOver: 'class weights',
  build(graph, _task, logits, targets, settings, rowWeights) {
    const [, classes = 1] = graph.shapeOf(logits)
    const { classWeights } = settings
    const expected = graph.apply('oneHot', [targets], { classes })
    const wanted = smoothed(graph, expected, classes, settings)
    const likelihood = (shares: NodeId) => {
      const counted = rowWeights === null ? shares : graph.apply('multiply', [shares, rowWeights])
      const ofClass = graph.apply('multiply', [counted, graph.apply('logSoftmax', [logits])])
      return graph.apply('sum', [ofClass], { axes: [1], keepDims: false })
    }
    const negative = (x: NodeId) => graph.apply('affine', [x], { scale: -1, offset: 0 })
    if (classWeights === null) {
      return negative(graph.apply('mean', [likelihood(wanted)], { axes: [0], keepDims: false }))
    }
    const weights = weightRow(graph, classWeights)
    const ofRow = likelihood(graph.apply('multiply', [wanted, weights]))
    const whole = graph.apply('sum', [ofRow], { axes: [0], keepDims: false })
    const counted = graph.apply('multiply', [expected, weights])
    const weight = graph.apply('sum', [counted], { axes: [0, 1], keepDims: false })
    return negative(graph.apply('divide', [whole, weight]))
  }
}
