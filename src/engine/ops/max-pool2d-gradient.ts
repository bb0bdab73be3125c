import { sizeOf } from '../tensor/tensor'
import { operand, type Op } from './op'
import { checkShape, placesOfLargest, poolingCasesOf, poolingOf } from './pooling'

/**
 * The gradient of `maxPool2d`: what each output was given goes to the place its value came from, where several meet their sum.
 *
 * x [N, C, H, W], g = ∂L/∂y [N, C, rows, columns] → ∂L/∂x [N, C, H, W]. Attributes: those of `maxPool2d`. Linear in g; by x the
 * gradient is 0, since places move only at kinks.
 */
export const maxPool2dGradient: Op<'maxPool2dGradient'> = {
  name: 'maxPool2dGradient',
  formula: 'g where x was the largest, else 0',
  shape([images, gradient], attributes) {
    checkShape('a gradient', gradient, poolingOf(images, attributes).output)
    return images ?? []
  },
  kernel([images], attributes) {
    const placesIn = placesOfLargest(poolingOf(images, attributes))
    return (inputs, y) => {
      const places = placesIn(operand(inputs, 0))
      const g = operand(inputs, 1)
      y.fill(0)
      for (let i = 0; i < g.length; i++) {
        const place = places[i] ?? 0
        y[place] = (y[place] ?? 0) + (g[i] ?? 0)
      }
    }
  },
  tableSize: ([, gradient = []]) => sizeOf(gradient),
  vjp: ({ graph, inputs, gradient, attributes, needs }) => [
    null,
    operand(needs, 1) ? graph.apply('maxPool2dTake', [operand(inputs, 0), gradient], attributes) : null
  ],
  ...poolingCasesOf((images, output, attributes) => ({ shapes: [images, output], attributes }))
}
