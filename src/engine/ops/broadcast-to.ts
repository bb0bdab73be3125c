import { sizeOf } from '../tensor/tensor'
import { broadcastIndices, checkBroadcastTo, sumTo } from './broadcast'
import { sameAsInput } from './elementwise'
import { numbersAttribute, operand, type Op } from './op'

/** y = x repeated to `shape`, as NumPy broadcasts. ∂L/∂x = Σ g over the axes x was repeated along. */
export const broadcastTo: Op<'broadcastTo'> = {
  name: 'broadcastTo',
  formula: 'x, repeated',
  shape(inputs, attributes) {
    const shape = numbersAttribute(attributes, 'shape')
    checkBroadcastTo(sameAsInput(inputs), shape)
    return shape
  },
  kernel(inputs, _attributes, output) {
    const source = broadcastIndices(operand(inputs, 0), output)
    return (values, y) => {
      const x = operand(values, 0)
      for (let i = 0; i < y.length; i++) y[i] = x[source[i] ?? 0] ?? 0
    }
  },
  tableSize: (_inputs, _attributes, output) => sizeOf(output),
  vjp: ({ graph, inputs, gradient }) => [sumTo(graph, gradient, graph.shapeOf(operand(inputs, 0)))],
  cases: [
    { shapes: [[]], attributes: { shape: [7, 5] } },
    { shapes: [[1, 1]], attributes: { shape: [1, 1] } },
    { shapes: [[7, 1]], attributes: { shape: [7, 5] } },
    { shapes: [[5]], attributes: { shape: [7, 5] } },
    { shapes: [[3, 1]], attributes: { shape: [2, 3, 5] } }
  ]
}
