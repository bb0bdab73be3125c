/** What convolutions and poolings say about shapes, work and mistakes, without data. */
import { describe, expect, it } from 'vitest'
import { StudioError } from '../../shared/errors'
import { parseConfig, type Config } from '../fields'
import type { Shape } from '../spec'
import { layerSpecs } from '.'

function asked(type: string, given: Config) {
  const layer = layerSpecs.find((each) => each.type === type)
  if (layer === undefined) throw new Error(`no layer ${type}`)
  return { layer, config: parseConfig(type, layer.fields, given) }
}

function shapeOf(type: string, input: Shape, given: Config): Shape {
  const { layer, config } = asked(type, given)
  return layer.inferShape([input], config)
}

describe('shapes', () => {
  it.each([
    ['conv2d', [1, 28, 28], { outChannels: 16 }, [16, 28, 28]],
    ['conv2d', [3, 28, 27], { outChannels: 4, stride: 2 }, [4, 14, 14]],
    ['conv2d', [3, 28, 27], { outChannels: 4, padding: 'valid' }, [4, 26, 25]],
    ['conv2d', [1, 5, 5], { outChannels: 2, padding: 'explicit', paddingSize: 3 }, [2, 9, 9]],
    ['conv2d', [1, 7, 9], { outChannels: 2, padding: 'valid', kernelHeight: 2, kernelWidth: 5 }, [2, 6, 5]],
    ['conv1d', [2, 9], { outChannels: 3, padding: 'valid', dilation: 3 }, [3, 3]],
    ['max-pool2d', [16, 28, 27], {}, [16, 14, 13]],
    ['avg-pool1d', [2, 9], { kernelSize: 3, stride: 2, padding: 1 }, [2, 5]],
    ['global-avg-pool', [7, 3, 4], {}, [7]],
    ['global-max-pool', [7, 3], {}, [7]]
  ] as const)('%s on [N, %s] with %j', (type, input, config, expected) => {
    expect(shapeOf(type, input, config)).toEqual(expected)
  })
})

describe('work', () => {
  it.each([
    ['conv2d', [1, 28, 28], { outChannels: 16 }, 28 * 28 * 16 * (9 + 1)],
    ['conv2d', [8, 6, 6], { outChannels: 8, groups: 8, bias: false }, 6 * 6 * 8 * 9],
    ['conv1d', [4, 10], { outChannels: 6, groups: 2, padding: 'valid' }, 8 * 6 * (2 * 3 + 1)],
    ['max-pool2d', [16, 28, 28], {}, 0],
    ['avg-pool2d', [16, 28, 28], {}, 16 * 14 * 14 * 4],
    ['global-avg-pool', [7, 3, 4], {}, 84]
  ] as const)('%s on [N, %s] with %j', (type, input, given, expected) => {
    const { layer, config } = asked(type, given)
    expect(layer.multiplyAdds([input], config)).toBe(expected)
  })
})

describe('mistakes say what was expected, what there is and how to mend it', () => {
  it.each([
    [
      'conv2d',
      [784],
      {},
      'Expected an input [N, C, H, W], got [N, 784]; put a Reshape layer before it that gives each row channels, height and width.'
    ],
    [
      'conv2d',
      [1, 3, 9],
      { padding: 'valid', kernelSize: 5 },
      'Expected at least 5 values along each axis for a kernel of 5, got 3 with the padding in [N, 1, 3, 9]; use a smaller kernel or more padding.'
    ],
    [
      'conv1d',
      [3, 9],
      { outChannels: 4, groups: 2 },
      'Expected groups that divide the 3 input channels and the 4 output channels, got 2; use 1, or another divisor of both.'
    ],
    [
      'max-pool1d',
      [3, 9],
      { padding: 2 },
      'Expected a padding of at most half the kernel size 2, got 2; a window would hold padding alone. Use at most 1.'
    ],
    ['max-pool2d', [3, 1, 9], {}, 'Expected at least 2 values along each axis for a kernel of 2, got 1'],
    ['global-avg-pool', [3], {}, 'Expected an input [N, C, L] or [N, C, H, W], got [N, 3]']
  ] as const)('%s on [N, %s] with %j', (type, input, config, message) => {
    expect(() => shapeOf(type, input, config)).toThrow(StudioError)
    expect(() => shapeOf(type, input, config)).toThrow(message)
  })
})
