import { sumTo } from './broadcast'
import { binaryCases, binaryKernel, binaryTableSize, broadcastOfBoth } from './elementwise'
import { operand, type Op } from './op'

/** y = a + b, broadcasting. ∂L/∂a = Σ g and ∂L/∂b = Σ g, summed over the axes each was repeated along. */
export const add: Op<'add'> = {
  name: 'add',
  formula: 'a + b',
  shape: broadcastOfBoth,
  kernel: (inputs, _attributes, output) => binaryKernel(inputs, output, (a, b) => a + b),
  tableSize: binaryTableSize,
  vjp: ({ graph, inputs, gradient, needs }) =>
    inputs.map((input, i) => (operand(needs, i) ? sumTo(graph, gradient, graph.shapeOf(input)) : null)),
  cases: binaryCases
}
