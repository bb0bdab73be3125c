import { ShapeError } from '../../shared/errors'
import { numberSetting, type Config, type Field } from '../fields'
import type { Shape } from '../spec'
import { showBatchShape, sizeOf } from '../tensor/tensor'
import { oneInput, oneNode } from './inputs'
import type { LayerSpec } from './layer'

const KEYS = ['size1', 'size2', 'size3'] as const
/** Stands for as many as are left. */
const REST = -1

function sizeField(key: string, label: string, preset: number, help: string): Field {
  return { key, label, kind: 'integer', default: preset, min: REST, max: 100_000_000, help }
}

/**
 * Reshape: the numbers of a row, in their order, under other sizes: [N, 64] → [N, 1, 8, 8]. Sizes of 0 are left out; one
 * of −1 takes what is left. PyTorch's `Unflatten` and `view`.
 */
export const reshape: LayerSpec = {
  type: 'reshape',
  label: 'Reshape',
  family: 'shape',
  inputs: 'one',
  summary: 'The numbers of a row, in their order, under other sizes: a list of 64 features as an image of 1 × 8 × 8.',
  fields: [
    sizeField(
      'size1',
      'First size',
      REST,
      'For images and signals the number of channels. −1 stands for what is left.'
    ),
    sizeField(
      'size2',
      'Second size',
      0,
      'For images the height, for signals the length. 0 leaves it out, −1 stands for what is left.'
    ),
    sizeField('size3', 'Third size', 0, 'For images the width. 0 leaves it out, −1 stands for what is left.')
  ],
  inferShape: (inputs, config) => shapeFor(oneInput(inputs), config),
  parameters: () => [],
  multiplyAdds: () => 0,
  build({ graph }, inputs, config) {
    const input = oneNode(inputs)
    const [rows = 0, ...row] = graph.shapeOf(input)
    return graph.apply('reshape', [input], { shape: [rows, ...shapeFor(row, config)] })
  },
  cases: [
    { inputs: [[12]], config: { size1: 3, size2: 4 } },
    { inputs: [[12]], config: { size1: 2, size2: 3, size3: 2 } },
    { inputs: [[2, 15]], config: { size1: 3, size2: REST } },
    { inputs: [[2, 3, 5]], config: {} }
  ]
}

function shapeFor(row: Shape, config: Config): Shape {
  const sizes = KEYS.map((key) => numberSetting(config, key)).filter((size) => size !== 0)
  const size = sizeOf(row)
  const given = sizeOf(sizes.filter((size) => size !== REST))
  const open = sizes.filter((size) => size === REST).length
  const fits = open === 0 ? given === size : open === 1 && size % given === 0
  if (sizes.length > 0 && fits) return sizes.map((each) => (each === REST ? size / given : each))
  throw new ShapeError(
    'shape-mismatch',
    `Expected sizes whose product is ${size}, the numbers in a row of ${showBatchShape(row)}, with at most one -1; got ${sizes.join(' · ') || 'none'}. Change the sizes.`
  )
}
