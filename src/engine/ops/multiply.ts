import { sumTo } from './broadcast'
import { binaryCases, binaryKernel, binaryTableSize, broadcastOfBoth } from './elementwise'
import { operand, type Op } from './op'

/** y = a · b elementwise, broadcasting. ∂L/∂a = Σ g·b, ∂L/∂b = Σ g·a. */
export const multiply: Op<'multiply'> = {
  name: 'multiply',
  formula: 'a · b',
  shape: broadcastOfBoth,
  kernel: (inputs, _attributes, output) => binaryKernel(inputs, output, (a, b) => a * b),
  tableSize: binaryTableSize,
  vjp({ graph, inputs, gradient, needs }) {
    const a = operand(inputs, 0)
    const b = operand(inputs, 1)
    const gradientOf = (input: number, other: number) =>
      sumTo(graph, graph.apply('multiply', [gradient, other]), graph.shapeOf(input))
    return [operand(needs, 0) ? gradientOf(a, b) : null, operand(needs, 1) ? gradientOf(b, a) : null]
  },
  cases: binaryCases
}
