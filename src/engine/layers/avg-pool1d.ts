import type { LayerSpec } from './layer'
import { average, poolingLayer } from './pooling'

/** AvgPool1D: x [N, C, L] → y [N, C, L′], the mean of each window: PyTorch's `AvgPool1d`. */
export const avgPool1d: LayerSpec = {
  type: 'avg-pool1d',
  label: 'Average pool 1D',
  summary: 'Averages each window: the signal gets smaller and smoother.',
  ...poolingLayer(1, average),
  cases: [
    { inputs: [[1, 1]], config: { kernelSize: 1 } },
    { inputs: [[2, 7]], config: {} },
    { inputs: [[1, 8]], config: { kernelSize: 3, stride: 2, padding: 1 } },
    { inputs: [[2, 9]], config: { kernelSize: 2, stride: 3 } }
  ]
}
