/** What poolings share: all but what they make of a window, and the number of axes. */
import { ConfigError } from '../../shared/errors'
import { numberSetting, type Config, type Field } from '../fields'
import type { Attributes, NodeId } from '../graph/graph'
import type { GraphBuilder } from '../graph/builder'
import type { Shape } from '../spec'
import type { WindowAxis } from '../tensor/window'
import { oneInput, oneNode } from './inputs'
import type { LayerSpec } from './layer'
import { asImages, channelsAndSizes, fromImages, MAX_WINDOW, outputSizes, windowAttributes, type Rank } from './window'

/** What a pooling makes of its windows. */
export interface PoolingKind {
  /** Multiply-adds for each value of a window. */
  readonly multiplyAdds: 0 | 1
  /** x [N, C, H, W] → [N, C, H′, W′] */
  build(graph: GraphBuilder, x: NodeId, window: Attributes): NodeId
}

export const largest: PoolingKind = {
  multiplyAdds: 0,
  build: (graph, x, window) => graph.apply('maxPool2d', [x], window)
}

/** Padding counts as zeros, as PyTorch's `count_include_pad` has it unless told otherwise. */
export const average: PoolingKind = {
  multiplyAdds: 1,
  build: (graph, x, window) => graph.apply('avgPool2d', [x], { ...window, countIncludePad: true })
}

/** PyTorch's MaxPool and AvgPool: windows that would reach past the padding are left out. */
export function poolingLayer(
  rank: Rank,
  kind: PoolingKind
): Pick<LayerSpec, 'inputs' | 'family' | 'fields' | 'inferShape' | 'parameters' | 'multiplyAdds' | 'build'> {
  const axesOf = (inputs: readonly Shape[], config: Config) => checked(inputs, config, rank)
  return {
    family: 'pooling',
    inputs: 'one',
    fields: poolingFields,
    inferShape(inputs, config) {
      const { channels, axes } = axesOf(inputs, config)
      return [channels, ...outputSizes(axes, oneInput(inputs))]
    },
    parameters: () => [],
    multiplyAdds(inputs, config) {
      const { channels, axes } = axesOf(inputs, config)
      const outputs = outputSizes(axes, oneInput(inputs)).reduce((product, size) => product * size, channels)
      return axes.reduce((product, { kernel }) => product * kernel, outputs * kind.multiplyAdds)
    },
    build({ graph }, inputs, config) {
      const input = oneNode(inputs)
      const { axes } = axesOf([graph.shapeOf(input).slice(1)], config)
      return fromImages(graph, kind.build(graph, asImages(graph, input), windowAttributes(axes)), rank)
    }
  }
}

function checked(inputs: readonly Shape[], config: Config, rank: Rank) {
  const { channels, sizes } = channelsAndSizes(inputs, [rank])
  const kernel = numberSetting(config, 'kernelSize')
  const stride = numberSetting(config, 'stride')
  const padding = numberSetting(config, 'padding')
  if (2 * padding > kernel) {
    throw new ConfigError(
      'invalid-config',
      `Expected a padding of at most half the kernel size ${kernel}, got ${padding}; a window would hold padding alone. Use at most ${Math.floor(kernel / 2)}.`
    )
  }
  const axes = sizes.map((size): WindowAxis => {
    return { size, kernel, stride: stride === 0 ? kernel : stride, dilation: 1, before: padding, after: padding }
  })
  return { channels, axes }
}

const poolingFields: readonly Field[] = [
  {
    key: 'kernelSize',
    label: 'Window',
    kind: 'integer',
    default: 2,
    min: 1,
    max: MAX_WINDOW,
    help: 'How many values along each axis become one. 2 halves the size.'
  },
  {
    key: 'stride',
    label: 'Stride',
    kind: 'integer',
    default: 0,
    min: 0,
    max: MAX_WINDOW,
    advanced: true,
    help: 'How far the window moves from one output to the next. 0 takes the window itself, so that windows do not overlap.'
  },
  {
    key: 'padding',
    label: 'Padding',
    kind: 'integer',
    default: 0,
    min: 0,
    max: MAX_WINDOW,
    advanced: true,
    help: 'How many places are added at both ends of each axis, at most half the window. They count as zeros in an average and never are the largest.'
  }
]

/** One number for each channel: the window is the whole signal or image. */
export function globalPoolingLayer(
  kind: PoolingKind
): Pick<LayerSpec, 'inputs' | 'family' | 'fields' | 'inferShape' | 'parameters' | 'multiplyAdds'> {
  return {
    family: 'pooling',
    inputs: 'one',
    fields: [],
    inferShape: (inputs) => [channelsAndSizes(inputs, [1, 2]).channels],
    parameters: () => [],
    multiplyAdds(inputs) {
      const { channels, sizes } = channelsAndSizes(inputs, [1, 2])
      return sizes.reduce((product, size) => product * size, channels * kind.multiplyAdds)
    }
  }
}
