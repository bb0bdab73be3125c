import type { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'
import { weighted } from './weights'
import { unitsWithOneForBinary, type LossSpec } from './loss'

/**
 * Hinge loss: the right class must lead by a margin of 1, more is not rewarded. The mean over rows.
 *
 * Two classes: one score z, y = ±1: max(0, 1 − y·z). More: Σ over j ≠ t of max(0, 1 − z[t] + z[j]), divided by K
 * (Weston and Watkins 1999), PyTorch's `MultiMarginLoss`. Sigmoid and softmax of the scores are given as shares that
 * rank as the scores do; nothing makes them true probabilities. Class weights w multiply each row's loss by w[t].
 */
export const hinge: LossSpec<'hinge'> = {
  name: 'hinge',
  label: 'Hinge loss',
  summary:
    'Asks that the right class leads by a margin, and no more: rows that are right by far do not count. Its shares are no true probabilities.',
  formula: 'max(0, 1 − lead of the right class)',
  fields: [],
  tasks: ['binary', 'multi-class'],
  outputUnits: unitsWithOneForBinary,
  link: (task) => (task === 'multi-class' ? 'softmax' : 'sigmoid'),
  meanOver: 'rows',
  build(graph, task, logits, targets, settings, rowWeights) {
    const short = task === 'multi-class' ? ofMany(graph, logits, targets) : ofTwo(graph, logits, targets)
    const ofRows = weighted(graph, short, targets, settings, rowWeights)
    return graph.apply('mean', [ofRows], { axes: [0, 1], keepDims: false })
  }
}

function ofTwo(graph: GraphBuilder, logits: NodeId, targets: NodeId): NodeId {
  const side = graph.apply('affine', [targets], { scale: 2, offset: -1 })
  const lead = graph.apply('multiply', [side, logits])
  return graph.apply('relu', [graph.apply('affine', [lead], { scale: -1, offset: 1 })])
}

/** [N, K], 0 at the right class; its mean over rows and classes is the loss. */
function ofMany(graph: GraphBuilder, logits: NodeId, targets: NodeId): NodeId {
  const [, classes = 1] = graph.shapeOf(logits)
  const right = graph.apply('oneHot', [targets], { classes })
  const ofRight = graph.apply('sum', [graph.apply('multiply', [right, logits])], { axes: [1], keepDims: true })
  const behind = graph.apply('subtract', [logits, ofRight])
  const short = graph.apply('relu', [graph.apply('affine', [behind], { scale: 1, offset: 1 })])
  return graph.apply('multiply', [graph.apply('affine', [right], { scale: -1, offset: 1 }), short])
}
