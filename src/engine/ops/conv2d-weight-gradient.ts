import { ShapeError } from '../../shared/errors'
import type { Attributes } from '../graph/graph'
import type { Shape } from '../spec'
import { casesOf, checkGradient, convolutionOf, forEachProduct, type Convolution } from './convolution'
import { numberAttribute, numbersAttribute, operand, type Op } from './op'
import { imagesOf } from './window'

/**
 * The gradient of `conv2d` by its weights: each weight gets the sum of what it weighed, times what the output was given.
 *
 * x [N, C, H, W], g = ∂L/∂y [N, M, rows, columns] → ∂L/∂w [M, C / groups, kH, kW]. Attributes: those of `conv2d`, and `kernel`
 * [kH, kW].
 */
export const conv2dWeightGradient: Op<'conv2dWeightGradient'> = {
  name: 'conv2dWeightGradient',
  formula: 'x ⋆ g',
  shape(inputs, attributes) {
    const { outChannels, channels, groups } = checked(inputs, attributes)
    return [outChannels, channels / groups, ...numbersAttribute(attributes, 'kernel')]
  },
  kernel(shapes, attributes) {
    const convolution = checked(shapes, attributes)
    return (inputs, w) => {
      const [x, g] = [operand(inputs, 0), operand(inputs, 1)]
      w.fill(0)
      forEachProduct(convolution, (weight, output, value, count, step) => {
        let sum = 0
        for (let i = 0; i < count; i++) sum += (x[value + i * step] ?? 0) * (g[output + i] ?? 0)
        w[weight] = (w[weight] ?? 0) + sum
      })
    }
  },
  vjp({ graph, inputs, gradient, attributes, needs }) {
    const [x, g] = [operand(inputs, 0), operand(inputs, 1)]
    const { kernel: _kernel, ...own } = attributes
    const size = graph.shapeOf(x).slice(2)
    return [
      !operand(needs, 0) ? null : graph.apply('conv2dInputGradient', [gradient, g], { ...own, size }),
      !operand(needs, 1) ? null : graph.apply('conv2d', [x, gradient], own)
    ]
  },
  ...casesOf(({ images, weights, attributes }, output) => ({
    shapes: [images, output],
    attributes: { ...attributes, kernel: weights.slice(2) }
  }))
}

function checked([images, gradient]: readonly Shape[], attributes: Attributes): Convolution {
  const kernel = numbersAttribute(attributes, 'kernel')
  if (kernel.length !== 2) throw new ShapeError('shape-mismatch', 'expected a kernel [kH, kW]')
  const [, channels] = imagesOf(images)
  const [, outChannels] = imagesOf(gradient)
  const weights = [outChannels, channels / numberAttribute(attributes, 'groups'), ...kernel]
  const convolution = convolutionOf(images, weights, attributes)
  checkGradient(convolution, gradient)
  return convolution
}
