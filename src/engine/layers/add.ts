import { sizeOf } from '../tensor/tensor'
import { equalInputs } from './inputs'
import type { LayerSpec } from './layer'

/** Add: y = x₁ + x₂ + …, number by number, of inputs of one shape. Where two ways meet, as in residual networks. */
export const add: LayerSpec = {
  type: 'add',
  label: 'Add',
  family: 'merge',
  inputs: 'several',
  summary: 'The sum of two or more inputs of one shape, number by number: where a residual connection comes back.',
  fields: [],
  inferShape: (inputs) => equalInputs(inputs),
  parameters: () => [],
  multiplyAdds: (inputs) => (inputs.length - 1) * sizeOf(equalInputs(inputs)),
  build: ({ graph }, inputs) => inputs.reduce((sum, input) => graph.apply('add', [sum, input])),
  cases: [
    { inputs: [[3], [3]], config: {} },
    {
      inputs: [
        [2, 5],
        [2, 5],
        [2, 5]
      ],
      config: {}
    },
    {
      inputs: [
        [1, 3, 2],
        [1, 3, 2]
      ],
      config: {}
    }
  ]
}
