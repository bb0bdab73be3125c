import type { NodeId } from '../graph/graph'
import { classWeightOf, isSmoothed, smoothedOf, wantedOf } from './derivation'
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
  tex(_task, _outputs, settings) {
    const smooth = isSmoothed(settings)
    const wanted = smooth ? '(1 - @labelSmoothing) \\cdot @t + \\frac{@labelSmoothing}{@K}' : null
    const slope = '\\frac{\\partial p_j}{\\partial z_k} = p_j \\cdot ([j = k] - p_k)'
    // Of one row alone the weight of its class is in the divisor too. Where only that class is wanted, it cancels out.
    if (smooth && settings.classWeights !== null) {
      return {
        value: '-\\sum_k \\frac{w_k}{w_c} \\cdot q_k \\cdot \\ln p_k',
        wanted,
        delta: '@p \\cdot \\sum_j \\frac{w_j}{w_c} \\cdot q_j - \\frac{w_k}{w_c} \\cdot @q',
        why: [
          `E = -\\sum_j \\frac{w_j}{w_c} \\cdot q_j \\cdot \\ln p_j, \\quad ${slope}`,
          '\\delta_k = \\sum_j \\frac{\\partial E}{\\partial p_j} \\cdot \\frac{\\partial p_j}{\\partial z_k} = -\\sum_j \\frac{w_j}{w_c} \\cdot \\frac{q_j}{p_j} \\cdot p_j \\cdot ([j = k] - p_k)',
          '\\delta_k = p_k \\cdot \\sum_j \\frac{w_j}{w_c} \\cdot q_j - \\frac{w_k}{w_c} \\cdot q_k'
        ]
      }
    }
    const t = smooth ? 'q' : 't'
    return {
      value: `-\\sum_k ${t}_k \\cdot \\ln p_k`,
      wanted,
      delta: `@p - @${t}`,
      why: [
        `E = -\\sum_j ${t}_j \\cdot \\ln p_j, \\quad ${slope}`,
        `\\delta_k = \\sum_j \\frac{\\partial E}{\\partial p_j} \\cdot \\frac{\\partial p_j}{\\partial z_k} = -\\sum_j \\frac{${t}_j}{p_j} \\cdot p_j \\cdot ([j = k] - p_k)`,
        `\\delta_k = p_k \\cdot \\sum_j ${t}_j - ${t}_k = p_k - ${t}_k, \\quad \\sum_j ${t}_j = 1`,
        ...(settings.classWeights === null
          ? []
          : ['\\text{one row alone: the weight } w_c \\text{ of its class is divided out by the weighted mean}'])
      ]
    }
  },
  deltaOf(task, row, settings) {
    const { classWeights } = settings
    const ofRow = classWeightOf(row, settings)
    const shares = wantedOf(task, row).map((t, k) => {
      const share = smoothedOf(t, row.z.length, settings)
      return classWeights === null ? share : ((classWeights[k] ?? NaN) / ofRow) * share
    })
    const whole = shares.reduce((sum, share) => sum + share, 0)
    return shares.map((share, k) => (row.p[k] ?? NaN) * whole - share)
  },
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
