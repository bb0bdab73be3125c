import { ShapeError } from '../../shared/errors'
import { booleanSetting, numberSetting, type Config } from '../fields'
import type { Shape } from '../spec'
import { showBatchShape, sizeOf } from '../tensor/tensor'
import { inputWithChannels, oneNode } from './inputs'
import type { LayerSpec } from './layer'
import { affineField, affineParameters, epsField, perChannel, standardized } from './normalize'

/**
 * Group normalization: y = (x − μ) / √(σ² + eps) · weight + bias, with μ and σ² of each group of neighbouring channels of a
 * row: the same while training and after it, whatever the batch. Rows are [C], [C, L] or [C, H, W]; numGroups divides C. Wu
 * and He 2018. PyTorch's `GroupNorm`; weight and bias [C].
 */
export const groupNorm: LayerSpec = {
  type: 'group-norm',
  label: 'Group normalization',
  family: 'normalization',
  inputs: 'one',
  summary:
    'Brings groups of channels of each row to mean 0 and variance 1, then scales and shifts each channel as learned. It does not depend on the batch.',
  fields: [
    {
      key: 'numGroups',
      label: 'Groups',
      kind: 'integer',
      default: 1,
      min: 1,
      max: 1_000_000,
      help: 'Into how many groups the channels are split; it must divide their number. As many as channels: each on its own.'
    },
    epsField,
    affineField
  ],
  inferShape(inputs, config) {
    groupsOf(inputs, config)
    return inputWithChannels(inputs).shape
  },
  parameters: (inputs, config) =>
    affineParameters([inputWithChannels(inputs).channels], booleanSetting(config, 'affine')),
  multiplyAdds: (inputs) => 5 * sizeOf(inputWithChannels(inputs).shape),
  build({ graph, parameter }, inputs, config) {
    const x = oneNode(inputs)
    const shape = graph.shapeOf(x)
    const [rows = 0, ...row] = shape
    const groups = groupsOf([row], config)
    const grouped = graph.apply('reshape', [x], { shape: [rows, groups, sizeOf(row) / groups] })
    const standard = standardized(graph, grouped, [2], numberSetting(config, 'eps'))
    const y = graph.apply('reshape', [standard], { shape })
    if (!booleanSetting(config, 'affine')) return y
    const scaled = graph.apply('multiply', [y, perChannel(graph, parameter('weight'), shape.length)])
    return graph.apply('add', [scaled, perChannel(graph, parameter('bias'), shape.length)])
  },
  cases: [
    { inputs: [[6]], config: { numGroups: 2 } },
    { inputs: [[4, 3]], config: { numGroups: 2, eps: 0.1 } },
    { inputs: [[3, 2, 3]], config: { numGroups: 3 } },
    { inputs: [[2, 2, 2]], config: { affine: false } }
  ]
}

function groupsOf(inputs: readonly Shape[], config: Config): number {
  const { shape, channels } = inputWithChannels(inputs)
  const groups = numberSetting(config, 'numGroups')
  if (channels % groups === 0) return groups
  throw new ShapeError(
    'shape-mismatch',
    `Expected a number of groups that divides the ${channels} channels of ${showBatchShape(shape)}, got ${groups}; choose a divisor of ${channels}.`
  )
}
