import { oneNode } from './inputs'
import type { LayerSpec } from './layer'
import { globalPoolingLayer, largest } from './pooling'
import { asImages, windowAttributes } from './window'

/**
 * GlobalMaxPool: x [N, C, L] or [N, C, H, W] → y [N, C], the largest value of each channel: PyTorch's `AdaptiveMaxPool(1)`, flattened.
 * Kinks: where two values of a channel are equal and largest.
 */
export const globalMaxPool: LayerSpec = {
  type: 'global-max-pool',
  label: 'Global max pool',
  summary: 'Keeps the largest value of each channel: whether its pattern is anywhere in the input, whatever the size.',
  ...globalPoolingLayer(largest),
  build({ graph }, inputs) {
    const input = oneNode(inputs)
    const [rows = 0, channels = 0, ...sizes] = graph.shapeOf(input)
    const whole = sizes.map((size) => ({ size, kernel: size, stride: 1, dilation: 1, before: 0, after: 0 }))
    const y = largest.build(graph, asImages(graph, input), windowAttributes(whole))
    return graph.apply('reshape', [y], { shape: [rows, channels] })
  },
  cases: [
    { inputs: [[1, 1]], config: {} },
    { inputs: [[3, 5]], config: {} },
    { inputs: [[2, 3, 4]], config: {} }
  ]
}
