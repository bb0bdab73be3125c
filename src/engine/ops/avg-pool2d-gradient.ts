import { ShapeError } from '../../shared/errors'
import type { Attributes } from '../graph/graph'
import type { Shape } from '../spec'
import { countings, sharesOf } from './average'
import { numbersAttribute, operand, type Op } from './op'
import { checkShape, forEachTap, poolingCasesOf, poolingOf, type Pooling } from './pooling'
import { imagesOf } from './window'

/**
 * The gradient of `avgPool2d`: what each output was given is shared out evenly among the values it averages.
 *
 * g = ∂L/∂y [N, C, rows, columns] → ∂L/∂x [N, C, H, W]. Attributes: those of `avgPool2d`, and `size` [H, W].
 */
export const avgPool2dGradient: Op<'avgPool2dGradient'> = {
  name: 'avgPool2dGradient',
  formula: 'g / values in the window',
  shape(inputs, attributes) {
    const [images, channels] = imagesOf(inputs[0])
    checked(inputs, attributes)
    return [images, channels, ...numbersAttribute(attributes, 'size')]
  },
  kernel(shapes, attributes) {
    const pooling = checked(shapes, attributes)
    const { planes, window } = pooling
    const plane = window.vertical.size * window.horizontal.size
    const shares = sharesOf(pooling, attributes)
    return (inputs, x) => {
      const g = operand(inputs, 0)
      x.fill(0)
      for (let at = 0; at < planes; at++) {
        forEachTap(window, (output, value, count, step) => {
          for (let i = 0; i < count; i++) {
            const to = at * plane + value + i * step
            x[to] = (x[to] ?? 0) + (g[at * shares.length + output + i] ?? 0) * (shares[output + i] ?? 0)
          }
        })
      }
    }
  },
  vjp({ graph, gradient, attributes }) {
    const { size: _size, ...own } = attributes
    return [graph.apply('avgPool2d', [gradient], own)]
  },
  ...poolingCasesOf((images, output, attributes) => {
    return { shapes: [output], attributes: { ...attributes, size: images.slice(2) } }
  }, countings)
}

function checked([gradient]: readonly Shape[], attributes: Attributes): Pooling {
  const size = numbersAttribute(attributes, 'size')
  if (size.length !== 2) throw new ShapeError('shape-mismatch', 'expected a size [H, W]')
  const [images, channels] = imagesOf(gradient)
  const pooling = poolingOf([images, channels, ...size], attributes)
  checkShape('a gradient', gradient, pooling.output)
  return pooling
}
