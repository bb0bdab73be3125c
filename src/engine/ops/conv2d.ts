import { casesOf, convolutionOf, forEachProduct, outputShape } from './convolution'
import { operand, type Op } from './op'

/**
 * y[n, m, i, j] = Σ x[n, c, i · s + u · d − p, j · s + v · d − p] · w[m, c, u, v] over the channels c of the group of m and the
 * places u, v in the kernel; 0 beyond the image. Cross-correlation, as every framework calls it.
 *
 * x [N, C, H, W], w [M, C / groups, kH, kW] (PyTorch's layouts) → y [N, M, rows, columns]. Attributes: `stride` s and `dilation` d
 * [vertical, horizontal], `padding` p [top, left, bottom, right], `groups`; ONNX' Conv has the same. A bias is added by `add`.
 */
export const conv2d: Op<'conv2d'> = {
  name: 'conv2d',
  formula: 'w ⋆ x',
  shape: ([images, weights], attributes) => outputShape(convolutionOf(images, weights, attributes)),
  kernel([images, weights], attributes) {
    const convolution = convolutionOf(images, weights, attributes)
    return (inputs, y) => {
      const [x, w] = [operand(inputs, 0), operand(inputs, 1)]
      y.fill(0)
      forEachProduct(convolution, (weight, output, value, count, step) => {
        const factor = w[weight] ?? 0
        for (let i = 0; i < count; i++) y[output + i] = (y[output + i] ?? 0) + factor * (x[value + i * step] ?? 0)
      })
    }
  },
  vjp({ graph, inputs, gradient, attributes, needs }) {
    const [x, w] = [operand(inputs, 0), operand(inputs, 1)]
    const last = (id: number) => graph.shapeOf(id).slice(2)
    return [
      !operand(needs, 0) ? null : graph.apply('conv2dInputGradient', [w, gradient], { ...attributes, size: last(x) }),
      !operand(needs, 1) ? null : graph.apply('conv2dWeightGradient', [x, gradient], { ...attributes, kernel: last(w) })
    ]
  },
  ...casesOf(({ images, weights, attributes }) => ({ shapes: [images, weights], attributes }))
}
