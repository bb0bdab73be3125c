import { countings, sharesOf } from './average'
import { operand, type Op } from './op'
import { forEachTap, poolingCasesOf, poolingOf } from './pooling'

/**
 * y = the mean of each window; padding counts as 0.
 *
 * x [N, C, H, W] → y [N, C, rows, columns]. Attributes: `kernel` [kH, kW], `stride` and `dilation` [vertical, horizontal], `padding`
 * [top, left, bottom, right], `countIncludePad`: whether the sum is divided by kH · kW (PyTorch's default), or by the number of values
 * in the window; ONNX' AveragePool has the same. Windows that would reach past the padding are left out (floor).
 */
export const avgPool2d: Op<'avgPool2d'> = {
  name: 'avgPool2d',
  formula: 'mean of each window',
  shape: ([images], attributes) => poolingOf(images, attributes).output,
  kernel([images], attributes) {
    const pooling = poolingOf(images, attributes)
    const { planes, window } = pooling
    const plane = window.vertical.size * window.horizontal.size
    const shares = sharesOf(pooling, attributes)
    return (inputs, y) => {
      const x = operand(inputs, 0)
      y.fill(0)
      for (let at = 0; at < planes; at++) {
        forEachTap(window, (output, value, count, step) => {
          const [to, from] = [at * shares.length + output, at * plane + value]
          for (let i = 0; i < count; i++) y[to + i] = (y[to + i] ?? 0) + (x[from + i * step] ?? 0)
        })
      }
      for (let i = 0; i < y.length; i++) y[i] = (y[i] ?? 0) * (shares[i % shares.length] ?? 0)
    }
  },
  vjp({ graph, inputs, gradient, attributes }) {
    const size = graph.shapeOf(operand(inputs, 0)).slice(2)
    return [graph.apply('avgPool2dGradient', [gradient], { ...attributes, size })]
  },
  ...poolingCasesOf((images, _output, attributes) => ({ shapes: [images], attributes }), countings)
}
