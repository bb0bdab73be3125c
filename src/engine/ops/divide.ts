import { sumTo } from './broadcast'
import { binaryCases, binaryKernel, binaryTableSize, broadcastOfBoth } from './elementwise'
import { operand, type Op } from './op'

/** y = a / b elementwise, broadcasting; infinite or NaN where b is 0. ∂L/∂a = Σ g / b, ∂L/∂b = −Σ g·y / b. */
export const divide: Op<'divide'> = {
  name: 'divide',
  formula: 'a / b',
  shape: broadcastOfBoth,
  kernel: (inputs, _attributes, output) => binaryKernel(inputs, output, (a, b) => a / b),
  tableSize: binaryTableSize,
  vjp({ graph, inputs, output, gradient, needs }) {
    const a = operand(inputs, 0)
    const b = operand(inputs, 1)
    const byA = graph.apply('divide', [gradient, b])
    const byB = () => {
      const share = graph.apply('multiply', [byA, output])
      return graph.apply('affine', [sumTo(graph, share, graph.shapeOf(b))], { scale: -1, offset: 0 })
    }
    return [operand(needs, 0) ? sumTo(graph, byA, graph.shapeOf(a)) : null, operand(needs, 1) ? byB() : null]
  },
  cases: binaryCases.map((binary) => ({ ...binary, range: [0.5, 3] }))
}
