import { numberSetting } from '../fields'
import { oneInput, oneNode } from './inputs'
import type { LayerSpec } from './layer'

/**
 * Dropout: while training, y = x · m / (1 − rate), where each m is 1 with probability 1 − rate, else 0, drawn anew in each
 * step; y = x when the network answers. The scale keeps the mean of y that of x. Srivastava, Hinton, Krizhevsky, Sutskever
 * and Salakhutdinov 2014. PyTorch's `Dropout(p=rate)`; its draws are others, their distribution is the same.
 */
export const dropout: LayerSpec = {
  type: 'dropout',
  label: 'Dropout',
  family: 'regularization',
  inputs: 'one',
  summary:
    'While training, leaves out numbers at random and scales up the rest; does nothing when the network answers. It keeps units from relying on each other.',
  fields: [
    {
      key: 'rate',
      label: 'Rate',
      kind: 'number',
      default: 0.5,
      min: 0,
      max: 1,
      exclusiveMax: true,
      help: 'The share of numbers that is left out in each step. More of it holds overfitting back and slows learning.'
    }
  ],
  inferShape: (inputs) => oneInput(inputs),
  parameters: () => [],
  multiplyAdds: () => 0,
  build({ graph, training, keepMask }, inputs, config) {
    const input = oneNode(inputs)
    const kept = 1 - numberSetting(config, 'rate')
    if (!training || kept === 1) return input
    const mask = keepMask(graph.shapeOf(input), kept)
    return graph.apply('multiply', [input, graph.apply('affine', [mask], { scale: 1 / kept, offset: 0 })])
  },
  cases: [
    { inputs: [[5]], config: {} },
    { inputs: [[2, 3, 3]], config: { rate: 0.25 } },
    { inputs: [[4]], config: { rate: 0 } }
  ]
}
