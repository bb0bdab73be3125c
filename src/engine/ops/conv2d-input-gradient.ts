import { ShapeError } from '../../shared/errors'
import type { Attributes } from '../graph/graph'
import type { Shape } from '../spec'
import { casesOf, checkGradient, convolutionOf, forEachProduct, type Convolution } from './convolution'
import { numberAttribute, numbersAttribute, operand, type Op } from './op'
import { imagesOf } from './window'

/**
 * The gradient of `conv2d` by its images: each value gets what each output was given, times the weight between them.
 *
 * w [M, C / groups, kH, kW], g = ∂L/∂y [N, M, rows, columns] → ∂L/∂x [N, C, H, W]. Attributes: those of `conv2d`, and
 * `size` [H, W], since strides may leave values at the edge that no window reaches. By itself it is known as transposed
 * convolution (ONNX' ConvTranspose, whose weights have M first too).
 */
export const conv2dInputGradient: Op<'conv2dInputGradient'> = {
  name: 'conv2dInputGradient',
  formula: 'wᵀ ⋆ g',
  shape(inputs, attributes) {
    const { images, channels } = checked(inputs, attributes)
    return [images, channels, ...numbersAttribute(attributes, 'size')]
  },
  kernel(shapes, attributes) {
    const convolution = checked(shapes, attributes)
    return (inputs, x) => {
      const [w, g] = [operand(inputs, 0), operand(inputs, 1)]
      x.fill(0)
      forEachProduct(convolution, (weight, output, value, count, step) => {
        const factor = w[weight] ?? 0
        for (let i = 0; i < count; i++) {
          const at = value + i * step
          x[at] = (x[at] ?? 0) + factor * (g[output + i] ?? 0)
        }
      })
    }
  },
  vjp({ graph, inputs, gradient, attributes, needs }) {
    const [w, g] = [operand(inputs, 0), operand(inputs, 1)]
    const { size: _size, ...own } = attributes
    const kernel = graph.shapeOf(w).slice(2)
    return [
      !operand(needs, 0) ? null : graph.apply('conv2dWeightGradient', [gradient, g], { ...own, kernel }),
      !operand(needs, 1) ? null : graph.apply('conv2d', [gradient, w], own)
    ]
  },
  ...casesOf(({ images, weights, attributes }, output) => ({
    shapes: [weights, output],
    attributes: { ...attributes, size: images.slice(2) }
  }))
}

function checked([weights, gradient]: readonly Shape[], attributes: Attributes): Convolution {
  const size = numbersAttribute(attributes, 'size')
  if (size.length !== 2) throw new ShapeError('shape-mismatch', 'expected a size [H, W]')
  const [, perGroup] = imagesOf(weights)
  const [count] = imagesOf(gradient)
  const images = [count, perGroup * numberAttribute(attributes, 'groups'), ...size]
  const convolution = convolutionOf(images, weights, attributes)
  checkGradient(convolution, gradient)
  return convolution
}
