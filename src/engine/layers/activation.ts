import { activations } from '../activations'
import { sizeOf } from '../tensor/tensor'
import { oneInput, oneNode } from './inputs'
import type { LayerSpec } from './layer'
import { activated } from './unit'

/**
 * Activation: y = f(x), number by number. Softmax alone looks further: it makes shares of the numbers along the last axis of
 * a row, as PyTorch's `Softmax(dim=-1)`.
 */
export const activation: LayerSpec = {
  type: 'activation',
  label: 'Activation',
  family: 'activation',
  inputs: 'one',
  summary: 'A function applied to each number: what makes networks more than one matrix product.',
  fields: [
    {
      key: 'activation',
      label: 'Activation',
      kind: 'choice',
      default: 'relu',
      choices: activations.map(({ name, label }) => ({ value: name, label })),
      help: 'Function applied to each number. Softmax makes shares of the numbers along the last axis, which add up to 1.'
    }
  ],
  inferShape: (inputs) => oneInput(inputs),
  parameters: () => [],
  multiplyAdds: (inputs) => sizeOf(oneInput(inputs)),
  build: (context, inputs, config) => activated(context, oneNode(inputs), config),
  cases: [
    ...activations.map(({ name }) => ({ inputs: [[5]], config: { activation: name }, draw: { awayFromZero: 0.01 } })),
    { inputs: [[2, 3]], config: { activation: 'softmax' } },
    { inputs: [[2, 3, 4]], config: { activation: 'softmax' } }
  ]
}
