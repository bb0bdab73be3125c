import { sizeOf } from '../tensor/tensor'
import { operand, type Op } from './op'
import { poolingCasesOf, poolingOf, takeLargest } from './pooling'

/**
 * y = the largest value of each window; padding counts as −∞. NaN where the window holds one.
 *
 * x [N, C, H, W] → y [N, C, rows, columns]. Attributes: `kernel` [kH, kW], `stride` and `dilation` [vertical, horizontal], `padding`
 * [top, left, bottom, right]; ONNX' MaxPool has the same. Windows that would reach past the padding are left out (floor).
 *
 * Kinks: where two values of a window are equal and largest. The gradient then goes to the first in row-major order, as
 * PyTorch's does.
 */
export const maxPool2d: Op<'maxPool2d'> = {
  name: 'maxPool2d',
  formula: 'max of each window',
  shape: ([images], attributes) => poolingOf(images, attributes).output,
  kernel: (shapes, attributes) => takeLargest(shapes, attributes, 0),
  tableSize: ([images], attributes) => sizeOf(poolingOf(images, attributes).output),
  vjp: ({ graph, inputs, gradient, attributes }) => [
    graph.apply('maxPool2dGradient', [operand(inputs, 0), gradient], attributes)
  ],
  ...poolingCasesOf((images, _output, attributes) => ({ shapes: [images], attributes }))
}
