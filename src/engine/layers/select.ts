import { ShapeError } from '../../shared/errors'
import { numberSetting, type Config } from '../fields'
import type { Shape } from '../spec'
import { showBatchShape } from '../tensor/tensor'
import { inputWithChannels, oneNode } from './inputs'
import type { LayerSpec } from './layer'

/**
 * Select: `count` entries of the first size of a row, from `from` on: [N, F] → [N, count], and so [N, C, T] →
 * [N, count, T]. PyTorch's `narrow(1, from, count)`.
 */
export const select: LayerSpec = {
  type: 'select',
  label: 'Select',
  family: 'shape',
  inputs: 'one',
  summary: 'Some of the features, or channels, that come in: a branch that sees a part of each row.',
  fields: [
    {
      key: 'from',
      label: 'First',
      kind: 'integer',
      default: 0,
      min: 0,
      max: 100_000_000,
      help: 'The first feature, or channel, that is taken. They are counted from 0.'
    },
    {
      key: 'count',
      label: 'How many',
      kind: 'integer',
      default: 1,
      min: 1,
      max: 100_000_000,
      help: 'How many of them are taken, one after the other.'
    }
  ],
  inferShape(inputs, config) {
    const { shape, channels } = inputWithChannels(inputs)
    const { from, count } = rangeOf(config)
    if (from + count <= channels) return [count, ...shape.slice(1)]
    throw outside(shape, channels, config)
  },
  parameters: () => [],
  multiplyAdds: () => 0,
  build({ graph }, inputs, config) {
    const { from, count } = rangeOf(config)
    return graph.apply('slice', [oneNode(inputs)], { axis: 1, start: from, end: from + count })
  },
  cases: [
    { inputs: [[5]], config: { from: 1, count: 3 } },
    { inputs: [[1]], config: {} },
    { inputs: [[4, 3]], config: { from: 3 } },
    { inputs: [[3, 2, 5]], config: { from: 0, count: 2 } }
  ]
}

function rangeOf(config: Config): { from: number; count: number } {
  return { from: numberSetting(config, 'from'), count: numberSetting(config, 'count') }
}

function outside(shape: Shape, channels: number, config: Config): ShapeError {
  const { from, count } = rangeOf(config)
  return new ShapeError(
    'shape-mismatch',
    `Expected entries from 0 to ${channels - 1}, as rows are ${showBatchShape(shape)}, got ${from} to ${from + count - 1}; take fewer, or begin earlier.`
  )
}
