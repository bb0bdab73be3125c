import type { Task } from '../spec'
import { weighted } from './weights'
import { applyLink, unitsWithOneForBinary, type Link, type LossSpec } from './loss'

const links: Readonly<Record<Task, Link>> = {
  regression: 'identity',
  binary: 'sigmoid',
  'multi-class': 'softmax',
  'multi-label': 'sigmoid'
}

/**
 * Squared error, the mean over all N·K elements: L = mean (p − t)², p = link(logits). PyTorch's `MSELoss`.
 *
 * Regression: p is the output itself, t the (standardised) value, K of them. Two classes: p = sigmoid of one logit, t is
 * 0 or 1; of K labels each likewise. More classes: p = softmax, t one-hot. With classes it is Brier's score divided by K; unlike the log
 * losses its gradient vanishes for logits that are far off, which is a thing to see, not a fault. Class weights w
 * multiply each row's loss by w[t].
 */
export const squared: LossSpec<'squared'> = {
  name: 'squared',
  label: 'Squared error',
  summary: 'The mean squared difference between output and target.',
  formula: '(p − t)²',
  fields: [],
  tasks: ['regression', 'binary', 'multi-class', 'multi-label'],
  outputUnits: unitsWithOneForBinary,
  link: (task) => links[task],
  meanOver: 'rows',
  build(graph, task, logits, targets, settings, rowWeights) {
    const predicted = applyLink(graph, squared.link(task), logits)
    const [, classes = 1] = graph.shapeOf(logits)
    const expected = task === 'multi-class' ? graph.apply('oneHot', [targets], { classes }) : targets
    const error = graph.apply('subtract', [predicted, expected])
    const ofRows = weighted(graph, graph.apply('square', [error]), targets, settings, rowWeights)
    return graph.apply('mean', [ofRows], { axes: [0, 1], keepDims: false })
  }
}
