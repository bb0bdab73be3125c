import { booleanSetting, numberSetting, textSetting, type Config } from '../fields'
import type { Shape } from '../spec'
import { sizeOf } from '../tensor/tensor'
import { inputWithChannels, oneNode } from './inputs'
import type { LayerSpec } from './layer'
import { affineField, affineParameters, epsField, standardized } from './normalize'

/**
 * Layer normalization: y = (x − μ) / √(σ² + eps) · weight + bias, with μ and σ² of the numbers along the last axis of a row,
 * or of the whole row: each row on its own, the same while training and after it. Ba, Kiros and Hinton 2016. PyTorch's
 * `LayerNorm`; weight and bias have the sizes that are normalized over.
 */
export const layerNorm: LayerSpec = {
  type: 'layer-norm',
  label: 'Layer normalization',
  family: 'normalization',
  inputs: 'one',
  summary:
    'Brings the numbers of each row, or of each vector in it, to mean 0 and variance 1, then scales and shifts them as learned.',
  fields: [
    {
      key: 'over',
      label: 'Over',
      kind: 'choice',
      default: 'last',
      choices: [
        { value: 'last', label: 'Last axis' },
        { value: 'row', label: 'Whole row' }
      ],
      help: 'What is brought to mean 0 together: the numbers along the last axis, as for sequences of vectors, or all of a row.'
    },
    epsField,
    affineField
  ],
  inferShape: (inputs) => inputWithChannels(inputs).shape,
  parameters: (inputs, config) =>
    affineParameters(normalizedShape(inputWithChannels(inputs).shape, config), booleanSetting(config, 'affine')),
  multiplyAdds: (inputs) => 5 * sizeOf(inputWithChannels(inputs).shape),
  build({ graph, parameter }, inputs, config) {
    const x = oneNode(inputs)
    const [, ...row] = graph.shapeOf(x)
    const count = normalizedShape(row, config).length
    const axes = row.map((_, axis) => axis + 1).slice(-count)
    const y = standardized(graph, x, axes, numberSetting(config, 'eps'))
    if (!booleanSetting(config, 'affine')) return y
    return graph.apply('add', [graph.apply('multiply', [y, parameter('weight')]), parameter('bias')])
  },
  cases: [
    { inputs: [[5]], config: {} },
    { inputs: [[2, 5]], config: { eps: 0.1 } },
    { inputs: [[3, 2, 3]], config: { over: 'row' } },
    { inputs: [[2, 4]], config: { affine: false } }
  ]
}

function normalizedShape(row: Shape, config: Config): Shape {
  return textSetting(config, 'over') === 'row' ? row : row.slice(-1)
}
