import type { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'
import { weighted } from './weights'
import { classWeightOf, timesClassWeight, wantedOf } from './derivation'
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
  tex(task, _outputs, settings) {
    const weight = settings.classWeights === null ? '' : 'w_c \\cdot '
    if (task !== 'multi-class') {
      const lead = '(2 \\cdot @t - 1) \\cdot @z'
      return {
        value: timesClassWeight(`\\max(0, 1 - ${lead})`, settings),
        wanted: null,
        delta: timesClassWeight(
          `\\begin{cases} 1 - 2 \\cdot @t & ${lead} < 1 \\\\ 0 & ${lead} \\ge 1 \\end{cases}`,
          settings
        ),
        why: [
          `E = ${weight}\\max(0, 1 - y \\cdot z), \\quad y = 2 \\cdot t - 1 = \\pm 1`,
          `\\delta = \\frac{\\partial E}{\\partial z} = ${weight}\\begin{cases} -y & y \\cdot z < 1 \\\\ 0 & y \\cdot z > 1 \\end{cases}`,
          'y \\cdot z = 1 \\text{: at the kink the slope is taken as 0}'
        ]
      }
    }
    return {
      value: timesClassWeight('\\frac{1}{@K} \\cdot \\sum_{j \\ne c} \\max(0, 1 - z_c + z_j)', settings),
      wanted: null,
      delta: timesClassWeight(
        '\\frac{1}{@K} \\cdot \\begin{cases} [z_c - @z < 1] & k \\ne c \\\\ -\\sum_{j \\ne c} [z_c - z_j < 1] & k = c \\end{cases}',
        settings
      ),
      why: [
        `E = ${weight}\\frac{1}{K} \\sum_{j \\ne c} \\max(0, 1 - z_c + z_j)`,
        `k \\ne c: \\quad \\delta_k = \\frac{\\partial E}{\\partial z_k} = ${weight}\\frac{1}{K} [z_c - z_k < 1]`,
        `k = c: \\quad \\delta_c = \\frac{\\partial E}{\\partial z_c} = -${weight}\\frac{1}{K} \\sum_{j \\ne c} [z_c - z_j < 1] = -\\sum_{j \\ne c} \\delta_j`,
        'z_c - z_j = 1 \\text{: at the kink the slope is taken as 0}'
      ]
    }
  },
  deltaOf(task, row, settings) {
    const weight = classWeightOf(row, settings)
    const wanted = wantedOf(task, row)
    const scores = Array.from(row.z)
    if (task !== 'multi-class') {
      return wanted.map((t, k) => {
        const side = 2 * t - 1
        return 1 - side * (scores[k] ?? NaN) > 0 ? -weight * side : 0
      })
    }
    const ofRight = scores[wanted.indexOf(1)] ?? NaN
    const short = scores.map((z, k) => Number(wanted[k] !== 1 && z - ofRight + 1 > 0))
    const behind = short.reduce((sum, each) => sum + each, 0)
    return short.map((each, k) => (weight / scores.length) * (wanted[k] === 1 ? -behind : each))
  },
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
