import { weighted } from './weights'
import { eachUnit, isSmoothed, meanOfOutputs, shareOfMean, smoothedOf, timesClassWeight } from './derivation'
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
  tex(_task, outputs, settings) {
    const [k, mean, sum] = outputs === 1 ? ['', '', ''] : ['_k', '\\frac{1}{K} ', '\\sum_k ']
    const wanted = isSmoothed(settings) ? 'q' : 't'
    const weight = settings.classWeights === null ? '' : 'w_c \\cdot '
    const surprise = (p: string, t: string) => `-(${t} \\cdot \\ln(${p}) + (1 - ${t}) \\cdot \\ln(1 - ${p}))`
    const bracketed = (p: string, t: string) => `\\left(${surprise(p, t)}\\right)`
    const plain = outputs === 1 && settings.classWeights === null
    const [p, t] = [`p${k}`, `${wanted}${k}`]
    return {
      value: timesClassWeight(meanOfOutputs(outputs, plain ? surprise : bracketed, wanted), settings),
      wanted: wanted === 'q' ? '(1 - @labelSmoothing) \\cdot @t + \\frac{@labelSmoothing}{2}' : null,
      delta: timesClassWeight(shareOfMean(outputs, plain ? `@p - @${wanted}` : `(@p - @${wanted})`), settings),
      why: [
        `E = ${weight}${mean}${sum}${plain ? surprise(p, t) : bracketed(p, t)}, \\quad ${p} = \\sigma(z${k}), \\quad \\sigma'(z${k}) = ${p} \\cdot (1 - ${p})`,
        `\\frac{\\partial E}{\\partial ${p}} = ${weight}${mean}\\left(-\\frac{${t}}{${p}} + \\frac{1 - ${t}}{1 - ${p}}\\right) = ${weight}${mean}\\frac{${p} - ${t}}{${p} \\cdot (1 - ${p})}`,
        `\\delta${k} = \\frac{\\partial E}{\\partial ${p}} \\cdot \\sigma'(z${k}) = ${weight}${mean}(${p} - ${t})`
      ]
    }
  },
  deltaOf: (task, row, settings) =>
    eachUnit(task, row, settings, (p, t) => (p - smoothedOf(t, 2, settings)) / row.z.length),
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
