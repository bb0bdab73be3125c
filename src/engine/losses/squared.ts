import type { Task } from '../spec'
import { weighted } from './weights'
import { classWeightOf, eachUnit, meanOfOutputs, timesClassWeight, wantedOf } from './derivation'
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
  tex(task, outputs, settings) {
    const factor = outputs === 1 ? '2' : '\\frac{2}{@K}'
    const weight = settings.classWeights === null ? '' : 'w_c \\cdot '
    const [mean, sum] = outputs === 1 ? ['', ''] : ['\\frac{1}{K} ', '\\sum_k ']
    const slope = outputs === 1 ? '2' : '\\frac{2}{K}'
    const k = outputs === 1 ? '' : '_k'
    const error = `${weight}${slope} \\cdot (p${k} - t${k})`
    const start = `E = ${weight}${mean}${sum}(p${k} - t${k})^2`
    const shared = {
      value: timesClassWeight(
        meanOfOutputs(outputs, (p, t) => `(${p} - ${t})^2`),
        settings
      ),
      wanted: null
    }
    switch (squared.link(task)) {
      case 'identity':
        return {
          ...shared,
          delta: timesClassWeight(`${factor} \\cdot (@p - @t)`, settings),
          why: [
            `${start}, \\quad p${k} = z${k}`,
            `\\delta${k} = \\frac{\\partial E}{\\partial p${k}} \\cdot \\frac{\\partial p${k}}{\\partial z${k}} = ${error} \\cdot 1`
          ]
        }
      case 'sigmoid':
        return {
          ...shared,
          delta: timesClassWeight(`${factor} \\cdot (@p - @t) \\cdot @p \\cdot (1 - @p)`, settings),
          why: [
            `${start}, \\quad p${k} = \\sigma(z${k}), \\quad \\sigma'(z${k}) = p${k} \\cdot (1 - p${k})`,
            `\\delta${k} = \\frac{\\partial E}{\\partial p${k}} \\cdot \\sigma'(z${k}) = ${error} \\cdot p${k} \\cdot (1 - p${k})`
          ]
        }
      case 'softmax':
        return {
          ...shared,
          delta: timesClassWeight(
            `${factor} \\cdot @p \\cdot \\left(@p - @t - \\sum_j (p_j - t_j) \\cdot p_j\\right)`,
            settings
          ),
          why: [
            `${start}, \\quad \\frac{\\partial p_j}{\\partial z_k} = p_j \\cdot ([j = k] - p_k)`,
            `\\delta_k = \\sum_j \\frac{\\partial E}{\\partial p_j} \\cdot \\frac{\\partial p_j}{\\partial z_k} = ${weight}${slope} \\sum_j (p_j - t_j) \\cdot p_j \\cdot ([j = k] - p_k)`,
            `\\delta_k = ${weight}${slope} \\cdot p_k \\cdot \\left(p_k - t_k - \\sum_j (p_j - t_j) \\cdot p_j\\right)`
          ]
        }
    }
  },
  deltaOf(task, row, settings) {
    const outputs = row.z.length
    const link = squared.link(task)
    if (link !== 'softmax') {
      return eachUnit(task, row, settings, (p, t) => {
        const slope = link === 'sigmoid' ? p * (1 - p) : 1
        return (2 / outputs) * (p - t) * slope
      })
    }
    const errors = wantedOf(task, row).map((t, k) => (row.p[k] ?? NaN) - t)
    const mean = errors.reduce((sum, error, j) => sum + error * (row.p[j] ?? NaN), 0)
    const factor = (classWeightOf(row, settings) * 2) / outputs
    return errors.map((error, k) => factor * (row.p[k] ?? NaN) * (error - mean))
  },
  build(graph, task, logits, targets, settings, rowWeights) {
    const predicted = applyLink(graph, squared.link(task), logits)
    const [, classes = 1] = graph.shapeOf(logits)
    const expected = task === 'multi-class' ? graph.apply('oneHot', [targets], { classes }) : targets
    const error = graph.apply('subtract', [predicted, expected])
    const ofRows = weighted(graph, graph.apply('square', [error]), targets, settings, rowWeights)
    return graph.apply('mean', [ofRows], { axes: [0, 1], keepDims: false })
  }
}
