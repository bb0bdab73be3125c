import { booleanSetting, numberSetting } from '../fields'
import { oneInput, oneNode } from './inputs'
import type { LayerSpec } from './layer'

/**
 * Embedding: y[…, :] = weight[x[…], :]: whole numbers […] from 0 → […, embeddingDim]; weight [numEmbeddings, embeddingDim],
 * PyTorch's `Embedding` layout and name. First weights have variance 1 / embeddingDim, so that vectors have length 1 on
 * average; entry 0 is 0 at first where it stands for what is not known, as PyTorch's `padding_idx`, but is trained like
 * any other where training meets it.
 *
 * A number that is no row of the table gives NaN, and nothing outside the table is read. Where the layer takes the network's
 * input, rows with such a number are refused before training.
 */
export const embedding: LayerSpec = {
  type: 'embedding',
  label: 'Embedding',
  family: 'embedding',
  inputs: 'one',
  summary: 'A vector of its own, learned, for each of the whole numbers that come in: words, products, places.',
  fields: [
    {
      key: 'numEmbeddings',
      label: 'Entries',
      kind: 'integer',
      default: 100,
      min: 1,
      max: 10_000_000,
      help: 'How many different whole numbers there are: inputs go from 0 to one less. Each has a vector in the table.'
    },
    {
      key: 'embeddingDim',
      label: 'Vector length',
      kind: 'integer',
      default: 8,
      min: 1,
      max: 1_000_000,
      help: 'Numbers in each vector. More of them can tell more about an entry, and need more data to be learned.'
    },
    {
      key: 'unknownEntry',
      label: 'Entry 0 is the unknown',
      kind: 'boolean',
      default: false,
      help: 'Entry 0 stands for whatever has no entry of its own: its vector is 0 at first, and stays so unless training meets it.',
      advanced: true
    }
  ],
  inferShape: (inputs, config) => [...oneInput(inputs), numberSetting(config, 'embeddingDim')],
  parameters: (_inputs, config) => [
    {
      name: 'weight',
      shape: [numberSetting(config, 'numEmbeddings'), numberSetting(config, 'embeddingDim')],
      initializer: 'lecun-normal',
      ...(booleanSetting(config, 'unknownEntry') && { zeroRows: 1 }),
      help: 'One row for each whole number.'
    }
  ],
  multiplyAdds: () => 0,
  build: ({ graph, parameter }, inputs) => graph.apply('gatherRows', [parameter('weight'), oneNode(inputs)]),
  cases: [
    { inputs: [[4]], config: { numEmbeddings: 3, embeddingDim: 5 }, draw: { integersBelow: 3 } },
    { inputs: [[]], config: { numEmbeddings: 2, embeddingDim: 1, unknownEntry: true }, draw: { integersBelow: 2 } },
    { inputs: [[2, 3]], config: { numEmbeddings: 7, embeddingDim: 4 }, draw: { integersBelow: 7 } }
  ]
}
