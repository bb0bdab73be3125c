import { sizeOf } from '../tensor/tensor'
import { operand, type Op } from './op'
import { checkShape, poolingCasesOf, poolingOf, takeLargest } from './pooling'

/**
 * y = v where x is the largest of each window: what `maxPool2d` would take, of another tensor. It is the gradient of
 * `maxPool2dGradient`, so that second derivatives exist.
 *
 * x, v [N, C, H, W] → y [N, C, rows, columns]. Attributes: those of `maxPool2d`.
 */
export const maxPool2dTake: Op<'maxPool2dTake'> = {
  name: 'maxPool2dTake',
  formula: 'v where x is the largest',
  shape([images, values], attributes) {
    const { output } = poolingOf(images, attributes)
    checkShape('values', values, images ?? [])
    return output
  },
  kernel: (shapes, attributes) => takeLargest(shapes, attributes, 1),
  tableSize: ([images], attributes) => sizeOf(poolingOf(images, attributes).output),
  vjp: ({ graph, inputs, gradient, attributes, needs }) => [
    null,
    operand(needs, 1) ? graph.apply('maxPool2dGradient', [operand(inputs, 0), gradient], attributes) : null
  ],
  ...poolingCasesOf((images, _output, attributes) => ({ shapes: [images, images], attributes }))
}
