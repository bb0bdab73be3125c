import { convolutionLayer } from './convolution'
import type { LayerSpec } from './layer'

/**
 * Conv1D: x [N, C, L] → y [N, outChannels, L′]; weight [outChannels, C / groups, k], bias [outChannels]: PyTorch's `Conv1d`. See
 * convolution.ts for the equation and paddings.
 */
export const conv1d: LayerSpec = {
  type: 'conv1d',
  label: 'Conv 1D',
  family: 'convolution',
  inputs: 'one',
  summary:
    'Each channel moves a small kernel of weights along the signal and says everywhere how well its pattern fits: y = f(w ⋆ x + 1 · b).',
  ...convolutionLayer(1),
  cases: [
    { inputs: [[1, 1]], config: { outChannels: 1, kernelSize: 1, activation: 'identity' } },
    { inputs: [[3, 7]], config: { outChannels: 4, kernelSize: 3, activation: 'tanh' } },
    { inputs: [[2, 9]], config: { outChannels: 2, kernelSize: 4, stride: 2, padding: 'same', activation: 'relu' } },
    {
      inputs: [[2, 8]],
      config: { outChannels: 2, kernelSize: 2, stride: 3, padding: 'valid', activation: 'identity' }
    },
    {
      inputs: [[4, 6]],
      config: {
        outChannels: 4,
        kernelSize: 3,
        groups: 4,
        dilation: 2,
        padding: 'explicit',
        paddingSize: 3,
        bias: false
      }
    }
  ]
}
