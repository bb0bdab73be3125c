import { sumTo } from './broadcast'
import { binaryCases, binaryKernel, binaryTableSize, broadcastOfBoth } from './elementwise'
import { operand, type Op } from './op'

/** y = a − b, broadcasting. ∂L/∂a = Σ g, ∂L/∂b = −Σ g. */
export const subtract: Op<'subtract'> = {
  name: 'subtract',
  formula: 'a − b',
  shape: broadcastOfBoth,
  kernel: (inputs, _attributes, output) => binaryKernel(inputs, output, (a, b) => a - b),
  tableSize: binaryTableSize,
  vjp({ graph, inputs, gradient, needs }) {
    const a = operand(inputs, 0)
    const b = operand(inputs, 1)
    return [
      operand(needs, 0) ? sumTo(graph, gradient, graph.shapeOf(a)) : null,
      operand(needs, 1)
        ? graph.apply('affine', [sumTo(graph, gradient, graph.shapeOf(b))], { scale: -1, offset: 0 })
        : null
    ]
  },
  cases: binaryCases
}
