import { convolutionLayer } from './convolution'
import type { LayerSpec } from './layer'

/**
 * Conv2D: x [N, C, H, W] → y [N, outChannels, H′, W′]; weight [outChannels, C / groups, kH, kW], bias [outChannels]: PyTorch's
 * `Conv2d`. See convolution.ts for the equation and paddings.
 */
export const conv2d: LayerSpec = {
  type: 'conv2d',
  label: 'Conv 2D',
  family: 'convolution',
  inputs: 'one',
  summary:
    'Each channel moves a small kernel of weights over the image and says everywhere how well its pattern fits: y = f(w ⋆ x + 1 · b).',
  ...convolutionLayer(2),
  cases: [
    { inputs: [[1, 1, 1]], config: { outChannels: 1, kernelSize: 1, activation: 'identity' } },
    { inputs: [[2, 5, 4]], config: { outChannels: 3, kernelSize: 3, activation: 'tanh' } },
    { inputs: [[1, 4, 5]], config: { outChannels: 2, kernelSize: 2, padding: 'same', activation: 'sigmoid' } },
    { inputs: [[2, 7, 6]], config: { outChannels: 2, kernelSize: 3, stride: 2, padding: 'valid', activation: 'relu' } },
    {
      inputs: [[1, 7, 8]],
      config: { outChannels: 2, kernelSize: 4, stride: 3, padding: 'same', activation: 'identity' }
    },
    {
      inputs: [[1, 6, 5]],
      config: { outChannels: 2, kernelHeight: 2, kernelWidth: 3, dilation: 2, padding: 'explicit', paddingSize: 1 }
    },
    { inputs: [[2, 2, 3]], config: { outChannels: 2, kernelSize: 5, bias: false, activation: 'tanh' } },
    { inputs: [[4, 3, 4]], config: { outChannels: 6, kernelSize: 2, groups: 2, activation: 'identity' } },
    { inputs: [[3, 4, 4]], config: { outChannels: 3, kernelSize: 3, groups: 3, activation: 'silu' } }
  ]
}
