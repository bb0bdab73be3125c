import { numberSetting } from '../fields'
import { weighted } from './weights'
import { eachUnit, meanOfOutputs, shareOfMean } from './derivation'
import { absoluteError } from './errors'
import { unitsWithOneForBinary, type LossSpec } from './loss'

/**
 * Huber's loss, the mean over all N·T elements: ½·e² for an error |e| ≤ δ, δ·(|e| − ½·δ) beyond (Huber 1964). PyTorch's
 * `HuberLoss(delta=δ)`, which with δ = 1 is `SmoothL1Loss` too. The target is standardised: δ is in its standard
 * deviations.
 *
 * Both branches are computed and one is taken, by a factor of 0 or 1: so each is exact, however far apart |e| and δ are.
 */
export const huber: LossSpec<'huber'> = {
  name: 'huber',
  label: 'Huber loss',
  summary:
    'Squared for small errors, straight beyond δ standard deviations: smooth, and wild rows do not rule the fit.',
  formula: '0.5 · e² if |e| ≤ δ, else δ · (|e| − 0.5 · δ);  e = p − t',
  fields: [
    {
      key: 'delta',
      label: 'Delta',
      kind: 'number',
      default: 1,
      min: 0,
      exclusiveMin: true,
      max: 1e6,
      help: 'Error δ, in standard deviations of the target, from which the loss grows straight. Smaller values heed wild rows less.'
    }
  ],
  tasks: ['regression'],
  outputUnits: unitsWithOneForBinary,
  link: () => 'identity',
  meanOver: 'rows',
  tex(_task, outputs) {
    const [k, mean, sum] = outputs === 1 ? ['', '', ''] : ['_k', '\\frac{1}{K} ', '\\sum_k ']
    const parts = (p: string, t: string, delta: string) =>
      `\\begin{cases} \\frac{1}{2} \\cdot (${p} - ${t})^2 & |${p} - ${t}| \\le ${delta} \\\\ ${delta} \\cdot (|${p} - ${t}| - \\frac{1}{2} \\cdot ${delta}) & |${p} - ${t}| > ${delta} \\end{cases}`
    const slopes = (p: string, t: string, delta: string) =>
      `\\begin{cases} ${p} - ${t} & |${p} - ${t}| \\le ${delta} \\\\ ${delta} \\cdot \\operatorname{sign}(${p} - ${t}) & |${p} - ${t}| > ${delta} \\end{cases}`
    return {
      value: meanOfOutputs(outputs, (p, t) => parts(p, t, '@delta')),
      wanted: null,
      delta: shareOfMean(outputs, slopes('@p', '@t', '@delta')),
      why: [
        `E = ${mean}${sum}${parts(`p${k}`, `t${k}`, '\\delta_H')}, \\quad p${k} = z${k}`,
        `\\delta${k} = \\frac{\\partial E}{\\partial p${k}} \\cdot \\frac{\\partial p${k}}{\\partial z${k}} = ${mean}${slopes(`p${k}`, `t${k}`, '\\delta_H')} \\cdot 1`,
        `|p${k} - t${k}| = \\delta_H \\text{: both parts have the slope } \\pm\\delta_H \\text{, there is no kink}`
      ]
    }
  },
  deltaOf(task, row, settings) {
    const delta = numberSetting(settings.config, 'delta')
    return eachUnit(task, row, settings, (p, t) => Math.max(-delta, Math.min(delta, p - t)) / row.z.length)
  },
  build(graph, _task, logits, targets, settings, rowWeights) {
    const delta = numberSetting(settings.config, 'delta')
    const error = absoluteError(graph, logits, targets)
    const beyond = graph.apply('step', [graph.apply('affine', [error], { scale: 1, offset: -delta })])
    const within = graph.apply('affine', [beyond], { scale: -1, offset: 1 })
    const half = graph.apply('affine', [graph.apply('square', [error])], { scale: 0.5, offset: 0 })
    const straight = graph.apply('affine', [error], { scale: delta, offset: (-delta * delta) / 2 })
    const ofRows = graph.apply('add', [
      graph.apply('multiply', [within, half]),
      graph.apply('multiply', [beyond, straight])
    ])
    return graph.apply('mean', [weighted(graph, ofRows, targets, settings, rowWeights)], {
      axes: [0, 1],
      keepDims: false
    })
  }
}
