import { ShapeError } from '../../shared/errors'
import { numberSetting, type Config } from '../fields'
import type { Shape } from '../spec'
import { showBatchShape } from '../tensor/tensor'
import { differs, severalInputs } from './inputs'
import type { LayerSpec } from './layer'

/**
 * Concat: the inputs one after the other along one axis of a row; they agree in every other size. PyTorch's
 * `torch.cat(inputs, dim = axis + 1)`.
 */
export const concat: LayerSpec = {
  type: 'concat',
  label: 'Concatenate',
  family: 'merge',
  inputs: 'several',
  summary: 'Two or more inputs one after the other: the next layer sees the features, or channels, of all of them.',
  fields: [
    {
      key: 'axis',
      label: 'Axis',
      kind: 'integer',
      default: 0,
      min: 0,
      max: 3,
      help: 'Along which size of a row they are joined. 0 is the first: features of tables, channels of images and signals.',
      advanced: true
    }
  ],
  inferShape(inputs, config) {
    const [first, ...others] = severalInputs(inputs)
    const axis = axisOf(first, config)
    const differing = others.findIndex((shape) => !agrees(shape, first, axis))
    if (differing >= 0) {
      throw differs(
        differing + 1,
        `Expected inputs that differ in size ${axis + 1} of a row alone, got ${showBatchShape(first)} from input 1 and ${showBatchShape(others[differing] ?? [])} from input ${differing + 2}; give them equal other sizes, or choose another axis.`
      )
    }
    return first.map((size, i) => (i === axis ? inputs.reduce((sum, shape) => sum + (shape[axis] ?? 0), 0) : size))
  },
  parameters: () => [],
  multiplyAdds: () => 0,
  build: ({ graph }, inputs, config) => graph.apply('concat', inputs, { axis: numberSetting(config, 'axis') + 1 }),
  cases: [
    { inputs: [[3], [1], [4]], config: {} },
    {
      inputs: [
        [2, 3, 2],
        [1, 3, 2]
      ],
      config: {}
    },
    {
      inputs: [
        [2, 1],
        [2, 5]
      ],
      config: { axis: 1 }
    }
  ]
}

function axisOf(first: Shape, config: Config): number {
  const axis = numberSetting(config, 'axis')
  if (axis < first.length) return axis
  throw new ShapeError(
    'shape-mismatch',
    `Expected an axis from 0 to ${first.length - 1}, as rows are ${showBatchShape(first)}, got ${axis}; choose a smaller one.`
  )
}

function agrees(shape: Shape, first: Shape, axis: number): boolean {
  return shape.length === first.length && shape.every((size, i) => i === axis || size === first[i])
}
