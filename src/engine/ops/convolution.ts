/**
 * What convolution and its gradients share. All three sum products over the same triples of an image's value, a weight
 * and an output; each is the gradient of the other two.
 */
import { ShapeError } from '../../shared/errors'
import type { Attributes } from '../graph/graph'
import type { Shape } from '../spec'
import { showShape } from '../tensor/tensor'
import { numberAttribute, type Op, type OpCase } from './op'
import { forEachRun, imagesOf, windowOf, type Window } from './window'

/** Images [N, C, H, W] under weights [M, C / groups, kH, kW] give [N, M, rows, columns]. */
export interface Convolution {
  readonly images: number
  readonly channels: number
  readonly outChannels: number
  readonly groups: number
  readonly window: Window
}

/** @throws ShapeError when images and weights do not suit each other */
export function convolutionOf(
  images: Shape | undefined,
  weights: Shape | undefined,
  attributes: Attributes
): Convolution {
  const [count, channels, height, width] = imagesOf(images)
  const [outChannels, perGroup, kernelHeight, kernelWidth] = imagesOf(weights)
  const groups = numberAttribute(attributes, 'groups')
  const dividing = Number.isInteger(groups) && groups >= 1 && channels % groups === 0 && outChannels % groups === 0
  if (!dividing || perGroup * groups !== channels) {
    const message = `expected groups that divide both numbers of channels and weights for ${channels} channels, got ${groups} groups`
    throw new ShapeError('shape-mismatch', message)
  }
  const window = windowOf([height, width], [kernelHeight, kernelWidth], attributes)
  return { images: count, channels, outChannels, groups, window }
}

export function outputShape({ images, outChannels, window }: Convolution): Shape {
  return [images, outChannels, window.rows, window.columns]
}

/** @throws ShapeError unless the gradient has the output's shape */
export function checkGradient(convolution: Convolution, gradient: Shape | undefined): void {
  const expected = outputShape(convolution)
  if (gradient?.length !== 4 || expected.some((size, axis) => size !== gradient[axis])) {
    throw new ShapeError('shape-mismatch', `expected a gradient ${showShape(expected)}`)
  }
}

/** Told of outputs `count` from `output` on, their weight, and the values it weighs: from `value` on, `step` apart. */
type VisitProducts = (weight: number, output: number, value: number, count: number, step: number) => void

/** All products of a convolution, in one order always: by image, output channel, weight, then place. */
export function forEachProduct(convolution: Convolution, visit: VisitProducts): void {
  const { images, channels, outChannels, groups, window } = convolution
  const { vertical, horizontal, rows, columns } = window
  const [perGroup, outPerGroup] = [channels / groups, outChannels / groups]
  const [plane, outPlane] = [vertical.size * horizontal.size, rows * columns]
  for (let image = 0; image < images; image++) {
    for (let out = 0; out < outChannels; out++) {
      const firstChannel = Math.floor(out / outPerGroup) * perGroup
      const to = (image * outChannels + out) * outPlane
      let weight = out * perGroup * vertical.kernel * horizontal.kernel
      for (let channel = 0; channel < perGroup; channel++) {
        const from = (image * channels + firstChannel + channel) * plane
        for (let row = 0; row < vertical.kernel; row++) {
          for (let column = 0; column < horizontal.kernel; column++) {
            forEachRun(window, row, column, (output, value, count, step) =>
              visit(weight, to + output, from + value, count, step)
            )
            weight++
          }
        }
      }
    }
  }
}

/** Images, weights and attributes on which convolution and its gradients are tested. */
interface ConvolutionCase {
  readonly images: Shape
  readonly weights: Shape
  readonly attributes: Attributes
}

const plain = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 }

const convolutionCases: readonly ConvolutionCase[] = [
  { images: [1, 1, 1, 1], weights: [1, 1, 1, 1], attributes: plain },
  { images: [2, 3, 5, 4], weights: [4, 3, 1, 1], attributes: plain },
  { images: [2, 2, 5, 4], weights: [3, 2, 3, 2], attributes: { ...plain, padding: [1, 0, 1, 1] } },
  { images: [1, 2, 7, 6], weights: [2, 2, 3, 3], attributes: { ...plain, stride: [2, 3], padding: [1, 1, 1, 1] } },
  // The stride is larger than the kernel: some values meet no weight.
  { images: [2, 1, 7, 8], weights: [2, 1, 2, 1], attributes: { ...plain, stride: [3, 2] } },
  // The kernel is larger than the image: most of it weighs padding.
  { images: [1, 2, 2, 3], weights: [2, 2, 5, 4], attributes: { ...plain, padding: [2, 1, 2, 3] } },
  { images: [1, 2, 8, 9], weights: [3, 2, 2, 3], attributes: { ...plain, dilation: [3, 2], padding: [0, 2, 1, 0] } },
  { images: [2, 4, 4, 3], weights: [6, 2, 2, 2], attributes: { ...plain, groups: 2, stride: [1, 2] } },
  // Depthwise, two outputs for each channel.
  { images: [2, 3, 5, 5], weights: [6, 1, 3, 3], attributes: { ...plain, groups: 3, padding: [1, 1, 1, 1] } }
]

/** Around whole tiles of channels, places and weights, and over the blocks that kernels divide places into. */
const kernelCases: readonly ConvolutionCase[] = [
  { images: [0, 2, 5, 5], weights: [3, 2, 3, 3], attributes: plain },
  { images: [33, 1, 1, 1], weights: [9, 1, 1, 1], attributes: plain },
  { images: [2, 9, 8, 7], weights: [17, 9, 1, 1], attributes: plain },
  { images: [3, 5, 13, 11], weights: [11, 5, 3, 3], attributes: { ...plain, padding: [1, 1, 1, 1] } },
  { images: [2, 16, 14, 14], weights: [32, 16, 3, 3], attributes: { ...plain, padding: [1, 1, 1, 1] } },
  { images: [0, 8, 8, 8], weights: [8, 8, 3, 3], attributes: { ...plain, padding: [1, 1, 1, 1] } },
  { images: [3, 8, 13, 11], weights: [11, 8, 3, 3], attributes: { ...plain, padding: [1, 1, 1, 1] } },
  { images: [2, 9, 9, 16], weights: [37, 9, 3, 3], attributes: { ...plain, padding: [0, 2, 1, 0] } },
  { images: [1, 33, 8, 7], weights: [8, 33, 3, 3], attributes: { ...plain, padding: [2, 1, 2, 2] } },
  { images: [1, 1, 40, 33], weights: [8, 1, 3, 3], attributes: { ...plain, padding: [1, 1, 1, 1] } },
  { images: [2, 3, 27, 26], weights: [5, 3, 5, 5], attributes: { ...plain, stride: [2, 2], padding: [2, 2, 2, 2] } },
  { images: [1, 20, 4, 4], weights: [21, 20, 4, 4], attributes: { ...plain, padding: [4, 4, 4, 4] } },
  {
    images: [2, 8, 9, 10],
    weights: [16, 4, 3, 2],
    attributes: { stride: [3, 2], padding: [2, 2, 1, 0], dilation: [2, 3], groups: 2 }
  },
  { images: [2, 12, 9, 9], weights: [12, 1, 3, 3], attributes: { ...plain, groups: 12, padding: [1, 1, 1, 1] } },
  {
    images: [1, 3, 12, 9],
    weights: [6, 1, 2, 5],
    attributes: { ...plain, groups: 3, stride: [5, 4], padding: [0, 3, 0, 2] }
  }
]

/** As cases of a primitive. */
export function casesOf(caseOf: (each: ConvolutionCase, output: Shape) => OpCase): Pick<Op, 'cases' | 'kernelCases'> {
  const made = (each: ConvolutionCase) =>
    caseOf(each, outputShape(convolutionOf(each.images, each.weights, each.attributes)))
  return { cases: convolutionCases.map(made), kernelCases: kernelCases.map(made) }
}
