import { oneNode } from './inputs'
import type { LayerSpec } from './layer'
import { average, globalPoolingLayer } from './pooling'

/** GlobalAvgPool: x [N, C, L] or [N, C, H, W] → y [N, C], the mean of each channel: PyTorch's `AdaptiveAvgPool(1)`, flattened. */
export const globalAvgPool: LayerSpec = {
  type: 'global-avg-pool',
  label: 'Global average pool',
  summary:
    'Averages each channel into one number: how much of its pattern there is in all, whatever the size of the input.',
  ...globalPoolingLayer(average),
  build({ graph }, inputs) {
    const input = oneNode(inputs)
    const axes = graph.shapeOf(input).flatMap((_, axis) => (axis < 2 ? [] : [axis]))
    return graph.apply('mean', [input], { axes, keepDims: false })
  },
  cases: [
    { inputs: [[1, 1]], config: {} },
    { inputs: [[3, 5]], config: {} },
    { inputs: [[2, 3, 4]], config: {} }
  ]
}
