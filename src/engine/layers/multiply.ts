import { sizeOf } from '../tensor/tensor'
import { equalInputs } from './inputs'
import type { LayerSpec } from './layer'

/** Multiply: y = x₁ · x₂ · …, number by number, of inputs of one shape. One way as the gate of another. */
export const multiply: LayerSpec = {
  type: 'multiply',
  label: 'Multiply',
  family: 'merge',
  inputs: 'several',
  summary: 'The product of two or more inputs of one shape, number by number: one way gates another.',
  fields: [],
  inferShape: (inputs) => equalInputs(inputs),
  parameters: () => [],
  multiplyAdds: (inputs) => (inputs.length - 1) * sizeOf(equalInputs(inputs)),
  build: ({ graph }, inputs) => inputs.reduce((product, input) => graph.apply('multiply', [product, input])),
  cases: [
    { inputs: [[3], [3]], config: {} },
    {
      inputs: [
        [2, 5],
        [2, 5],
        [2, 5]
      ],
      config: {}
    }
  ]
}
