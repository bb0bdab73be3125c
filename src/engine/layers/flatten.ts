import { sizeOf } from '../tensor/tensor'
import { oneInput, oneNode } from './inputs'
import type { LayerSpec } from './layer'

/** Flatten: the numbers of a row, in their order, as one list: [N, C, H, W] → [N, C · H · W]. PyTorch's `Flatten`. */
export const flatten: LayerSpec = {
  type: 'flatten',
  label: 'Flatten',
  family: 'shape',
  inputs: 'one',
  summary: 'The numbers of a row, in their order, as one list: what Dense layers take.',
  fields: [],
  inferShape: (inputs) => [sizeOf(oneInput(inputs))],
  parameters: () => [],
  multiplyAdds: () => 0,
  build({ graph }, inputs) {
    const input = oneNode(inputs)
    const [rows = 0, ...row] = graph.shapeOf(input)
    return graph.apply('reshape', [input], { shape: [rows, sizeOf(row)] })
  },
  cases: [
    { inputs: [[3, 2, 5]], config: {} },
    { inputs: [[4]], config: {} },
    { inputs: [[1, 1]], config: {} }
  ]
}
