import type { LayerSpec } from './layer'
import { average, poolingLayer } from './pooling'

/** AvgPool2D: x [N, C, H, W] → y [N, C, H′, W′], the mean of each window: PyTorch's `AvgPool2d`. */
export const avgPool2d: LayerSpec = {
  type: 'avg-pool2d',
  label: 'Average pool 2D',
  summary: 'Averages each window: the image gets smaller and smoother.',
  ...poolingLayer(2, average),
  cases: [
    { inputs: [[1, 1, 1]], config: { kernelSize: 1 } },
    { inputs: [[2, 4, 5]], config: {} },
    { inputs: [[1, 5, 6]], config: { kernelSize: 3, stride: 1, padding: 1 } },
    { inputs: [[2, 7, 4]], config: { kernelSize: 2, stride: 3 } }
  ]
}
