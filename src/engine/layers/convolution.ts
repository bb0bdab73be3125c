/** What Conv1D and Conv2D share: all but the number of axes. */
import { ConfigError } from '../../shared/errors'
import { booleanSetting, numberSetting, textSetting, type Config, type Field } from '../fields'
import type { Shape } from '../spec'
import { samePadding, type WindowAxis } from '../tensor/window'
import { oneInput, oneNode } from './inputs'
import type { LayerSpec } from './layer'
import { activated, elementwiseActivations, unitFields, weightInitializer } from './unit'
import { asImages, channelsAndSizes, fromImages, MAX_WINDOW, outputSizes, windowAttributes, type Rank } from './window'

const MAX_CHANNELS = 65_536

/**
 * y = activation(w ⋆ x + 1 · bias), with `weight` [outChannels, C / groups, …kernel] and `bias` [outChannels]: PyTorch's Conv1d and
 * Conv2d, with their names and layouts.
 *
 * Padding `same` gives ⌈size / stride⌉ outputs along each axis: with stride 1 as PyTorch's `padding='same'`, one more at the end
 * where the total is odd; with a larger stride, which PyTorch refuses, as TensorFlow's SAME and ONNX' SAME_UPPER. `valid` adds
 * none; `explicit` adds `paddingSize` at both ends of each axis, as PyTorch's `padding=n`.
 */
export function convolutionLayer(
  rank: Rank
): Pick<LayerSpec, 'fields' | 'inferShape' | 'parameters' | 'multiplyAdds' | 'build'> {
  const shapesOf = (inputs: readonly Shape[], config: Config) => checked(inputs, config, rank)
  return {
    fields: fieldsFor(rank),
    inferShape(inputs, config) {
      const { axes, outChannels } = shapesOf(inputs, config)
      return [outChannels, ...outputSizes(axes, oneInput(inputs))]
    },
    parameters(inputs, config) {
      const { axes, channels, groups, outChannels } = shapesOf(inputs, config)
      const weight = {
        name: 'weight',
        shape: [outChannels, channels / groups, ...axes.map(({ kernel }) => kernel)],
        ...weightInitializer(config),
        help: 'One kernel for each output channel, over the input channels of its group.'
      }
      const bias = {
        name: 'bias',
        shape: [outChannels],
        initializer: 'zeros',
        help: 'The weight of a constant input 1.'
      }
      return booleanSetting(config, 'bias') ? [weight, bias] : [weight]
    },
    // Weights on padding count too: the work is the same for each output.
    multiplyAdds(inputs, config) {
      const { axes, channels, groups, outChannels } = shapesOf(inputs, config)
      const perOutput = axes.reduce((product, { kernel }) => product * kernel, channels / groups)
      const outputs = outputSizes(axes, oneInput(inputs)).reduce((product, size) => product * size, outChannels)
      return outputs * (perOutput + (booleanSetting(config, 'bias') ? 1 : 0))
    },
    build(context, inputs, config) {
      const { graph, parameter } = context
      const input = oneNode(inputs)
      const { axes, groups, outChannels } = shapesOf([graph.shapeOf(input).slice(1)], config)
      const { kernel: _kernel, ...attributes } = windowAttributes(axes)
      const operands = [asImages(graph, input), asImages(graph, parameter('weight'))]
      let z = graph.apply('conv2d', operands, { ...attributes, groups })
      if (booleanSetting(config, 'bias')) {
        z = graph.apply('add', [z, graph.apply('reshape', [parameter('bias')], { shape: [outChannels, 1, 1] })])
      }
      return fromImages(graph, activated(context, z, config), rank)
    }
  }
}

function checked(inputs: readonly Shape[], config: Config, rank: Rank) {
  const { channels, sizes } = channelsAndSizes(inputs, [rank])
  const outChannels = numberSetting(config, 'outChannels')
  const groups = numberSetting(config, 'groups')
  if (channels % groups !== 0 || outChannels % groups !== 0) {
    throw new ConfigError(
      'invalid-config',
      `Expected groups that divide the ${channels} input channels and the ${outChannels} output channels, got ${groups}; use 1, or another divisor of both.`
    )
  }
  const axes = sizes.map((size, axis) => axisOf(size, axis, config, rank))
  return { axes, channels, groups, outChannels }
}

function axisOf(size: number, axis: number, config: Config, rank: Rank): WindowAxis {
  const own = rank === 1 ? 0 : numberSetting(config, axis === 0 ? 'kernelHeight' : 'kernelWidth')
  const window = {
    kernel: own === 0 ? numberSetting(config, 'kernelSize') : own,
    stride: numberSetting(config, 'stride'),
    dilation: numberSetting(config, 'dilation')
  }
  const [before, after] = paddingOf(size, window, config)
  return { size, ...window, before, after }
}

function paddingOf(
  size: number,
  window: Pick<WindowAxis, 'kernel' | 'stride' | 'dilation'>,
  config: Config
): readonly [number, number] {
  switch (textSetting(config, 'padding')) {
    case 'same':
      return samePadding(size, window)
    case 'explicit': {
      const amount = numberSetting(config, 'paddingSize')
      return [amount, amount]
    }
    default:
      return [0, 0]
  }
}

function fieldsFor(rank: Rank): readonly Field[] {
  const place = rank === 1 ? 'place' : 'pixel'
  const rectangle: readonly Field[] = [
    {
      key: 'kernelHeight',
      label: 'Kernel height',
      kind: 'integer',
      default: 0,
      min: 0,
      max: MAX_WINDOW,
      advanced: true,
      help: 'Height of the kernel where it is no square. 0 takes the kernel size.'
    },
    {
      key: 'kernelWidth',
      label: 'Kernel width',
      kind: 'integer',
      default: 0,
      min: 0,
      max: MAX_WINDOW,
      advanced: true,
      help: 'Width of the kernel where it is no square. 0 takes the kernel size.'
    }
  ]
  return [
    {
      key: 'outChannels',
      label: 'Channels',
      kind: 'integer',
      default: 16,
      min: 1,
      max: MAX_CHANNELS,
      help: `Outputs at each ${place}. Each channel looks for one pattern everywhere, with one kernel of weights and a bias.`
    },
    {
      key: 'kernelSize',
      label: 'Kernel size',
      kind: 'integer',
      default: 3,
      min: 1,
      max: MAX_WINDOW,
      help: `How many ${place}s the kernel sees at a time${rank === 1 ? '' : ' along each side'}. Larger kernels see larger patterns and have more weights.`
    },
    {
      key: 'stride',
      label: 'Stride',
      kind: 'integer',
      default: 1,
      min: 1,
      max: MAX_WINDOW,
      help: `How far the kernel moves from one output to the next. 2 gives an output for every other ${place}.`
    },
    {
      key: 'padding',
      label: 'Padding',
      kind: 'choice',
      default: 'same',
      choices: [
        { value: 'same', label: 'Same size' },
        { value: 'valid', label: 'None' },
        { value: 'explicit', label: 'As given' }
      ],
      help: 'Zeros around the input. Same size keeps as many outputs as inputs (divided by the stride); without padding the output shrinks by the kernel.'
    },
    {
      key: 'paddingSize',
      label: 'Padding at each end',
      kind: 'integer',
      default: 0,
      min: 0,
      max: MAX_WINDOW,
      advanced: true,
      when: { key: 'padding', value: 'explicit' },
      help: 'How many zeros are added at both ends of each axis when the padding is as given.'
    },
    ...(rank === 1 ? [] : rectangle),
    {
      key: 'dilation',
      label: 'Dilation',
      kind: 'integer',
      default: 1,
      min: 1,
      max: MAX_WINDOW,
      advanced: true,
      help: 'Distance from one weight of the kernel to the next. Above 1 the kernel sees a wider area with the same weights.'
    },
    {
      key: 'groups',
      label: 'Groups',
      kind: 'integer',
      default: 1,
      min: 1,
      max: MAX_CHANNELS,
      advanced: true,
      help: 'Parts into which input and output channels are divided, each convolved on its own. As many as there are channels is a depthwise convolution.'
    },
    {
      key: 'bias',
      label: 'Bias',
      kind: 'boolean',
      default: true,
      advanced: true,
      help: 'Whether each channel has a bias, the weight of a constant input 1. Normalisation right after the layer makes it useless.'
    },
    ...unitFields(elementwiseActivations)
  ]
}
