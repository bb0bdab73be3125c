import { ShapeError } from '../../shared/errors'
import type { Shape } from '../spec'
import { showBatchShape } from '../tensor/tensor'
import { oneInput, oneNode } from './inputs'
import type { LayerSpec } from './layer'

/**
 * Permute: rows [T, D] become [D, T]: a sequence of vectors as channels over time, and back. PyTorch's
 * `transpose(1, 2)`.
 */
export const permute: LayerSpec = {
  type: 'permute',
  label: 'Permute',
  family: 'shape',
  inputs: 'one',
  summary: 'Swaps the two sizes of a row: a sequence of vectors becomes channels over time, as Conv1D takes them.',
  fields: [],
  inferShape(inputs) {
    const [steps, width] = twoSizes(oneInput(inputs))
    return [width, steps]
  },
  parameters: () => [],
  multiplyAdds: () => 0,
  build: ({ graph }, inputs) => graph.apply('transpose', [oneNode(inputs)], { permutation: [0, 2, 1] }),
  cases: [
    { inputs: [[2, 5]], config: {} },
    { inputs: [[1, 3]], config: {} },
    { inputs: [[9, 4]], config: {} }
  ]
}

function twoSizes(row: Shape): readonly [number, number] {
  const [first, second, ...others] = row
  if (first !== undefined && second !== undefined && others.length === 0) return [first, second]
  throw new ShapeError(
    'shape-mismatch',
    `Expected an input [N, T, D], got ${showBatchShape(row)}; connect it to a layer with two sizes per row.`
  )
}
