import type { LayerSpec } from './layer'
import { largest, poolingLayer } from './pooling'

/**
 * MaxPool1D: x [N, C, L] → y [N, C, L′], the largest value of each window: PyTorch's `MaxPool1d`.
 * Kinks: where two values of a window are equal and largest.
 */
export const maxPool1d: LayerSpec = {
  type: 'max-pool1d',
  label: 'Max pool 1D',
  summary: 'Keeps the largest value of each window, so that it matters that a pattern is there, not where exactly.',
  ...poolingLayer(1, largest),
  cases: [
    { inputs: [[1, 1]], config: { kernelSize: 1 } },
    { inputs: [[2, 7]], config: {} },
    { inputs: [[1, 8]], config: { kernelSize: 3, stride: 2, padding: 1 } },
    { inputs: [[2, 9]], config: { kernelSize: 2, stride: 3 } }
  ]
}
