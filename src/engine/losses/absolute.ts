import { weighted } from './weights'
import { eachUnit, meanOfOutputs, shareOfMean } from './derivation'
import { absoluteError } from './errors'
import { unitsWithOneForBinary, type LossSpec } from './loss'

/**
 * Absolute error, the mean over all N·T elements: L = mean |ŷ − y|. PyTorch's `L1Loss`; its slope at an error of 0 is 0. A large
 * miss pulls no harder than a small one, so single odd rows do not rule the fit.
 */
export const absolute: LossSpec<'absolute'> = {
  name: 'absolute',
  label: 'Absolute error',
  summary: 'The mean distance between output and target. A few wild rows weigh less than with the squared error.',
  formula: '|p − t|',
  fields: [],
  tasks: ['regression'],
  outputUnits: unitsWithOneForBinary,
  link: () => 'identity',
  meanOver: 'rows',
  tex(_task, outputs) {
    const [k, mean, sum] = outputs === 1 ? ['', '', ''] : ['_k', '\\frac{1}{K} ', '\\sum_k ']
    return {
      value: meanOfOutputs(outputs, (p, t) => `|${p} - ${t}|`),
      wanted: null,
      delta: shareOfMean(outputs, '\\operatorname{sign}(@p - @t)'),
      why: [
        `E = ${mean}${sum}|p${k} - t${k}|, \\quad p${k} = z${k}`,
        `\\delta${k} = \\frac{\\partial E}{\\partial p${k}} \\cdot \\frac{\\partial p${k}}{\\partial z${k}} = ${mean}\\operatorname{sign}(p${k} - t${k}) \\cdot 1`,
        `\\operatorname{sign}(0) = 0 \\text{: at the kink } p${k} = t${k} \\text{ the slope is taken as 0}`
      ]
    }
  },
  deltaOf: (task, row, settings) => eachUnit(task, row, settings, (p, t) => Math.sign(p - t) / row.z.length),
  build(graph, _task, logits, targets, settings, rowWeights) {
    const ofRows = weighted(graph, absoluteError(graph, logits, targets), targets, settings, rowWeights)
    return graph.apply('mean', [ofRows], { axes: [0, 1], keepDims: false })
  }
}
