import type { LayerSpec } from './layer'
import { largest, poolingLayer } from './pooling'

/**
 * MaxPool2D: x [N, C, H, W] → y [N, C, H′, W′], the largest value of each window: PyTorch's `MaxPool2d`.
 * Kinks: where two values of a window are equal and largest.
 */
export const maxPool2d: LayerSpec = {
  type: 'max-pool2d',
  label: 'Max pool 2D',
  summary: 'Keeps the largest value of each window, so that it matters that a pattern is there, not where exactly.',
  ...poolingLayer(2, largest),
  cases: [
    { inputs: [[1, 1, 1]], config: { kernelSize: 1 } },
    { inputs: [[2, 4, 5]], config: {} },
    { inputs: [[1, 5, 6]], config: { kernelSize: 3, stride: 1, padding: 1 } },
    { inputs: [[2, 7, 4]], config: { kernelSize: 2, stride: 3 } }
  ]
}
