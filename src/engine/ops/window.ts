/**
 * What convolution and pooling share: windows over the last two axes of [N, C, H, W].
 *
 * Attributes, in ONNX' order: `stride` [vertical, horizontal], `padding` [top, left, bottom, right] (each side has its own),
 * `dilation` [vertical, horizontal].
 */
import { ShapeError } from '../../shared/errors'
import type { Attributes } from '../graph/graph'
import type { Shape } from '../spec'
import { showShape } from '../tensor/tensor'
import { outputsOnValues, windowCount, windowExtent, type WindowAxis } from '../tensor/window'
import { numbersAttribute } from './op'

export interface Window {
  readonly vertical: WindowAxis
  readonly horizontal: WindowAxis
  /** Outputs along each axis. */
  readonly rows: number
  readonly columns: number
}

/** @throws ShapeError when the attributes are none or no window fits */
export function windowOf(size: readonly number[], kernel: readonly number[], attributes: Attributes): Window {
  const [stride, dilation] = [pairOf(attributes, 'stride'), pairOf(attributes, 'dilation')]
  const padding = numbersAttribute(attributes, 'padding')
  if (padding.length !== 4 || !padding.every((each) => isWhole(each, 0))) {
    throw new ShapeError('shape-mismatch', `expected padding of four whole numbers, got ${showShape(padding)}`)
  }
  if (kernel.length !== 2 || !kernel.every((each) => isWhole(each, 1))) {
    throw new ShapeError('shape-mismatch', `expected a kernel of two sizes from 1, got ${showShape(kernel)}`)
  }
  const axisAt = (axis: 0 | 1): WindowAxis => ({
    size: size[axis] ?? 0,
    kernel: kernel[axis] ?? 1,
    stride: stride[axis],
    dilation: dilation[axis],
    before: padding[axis] ?? 0,
    after: padding[axis + 2] ?? 0
  })
  const [vertical, horizontal] = [axisAt(0), axisAt(1)]
  const [rows, columns] = [windowCount(vertical), windowCount(horizontal)]
  if (rows < 1 || columns < 1) {
    const least = [windowExtent(vertical), windowExtent(horizontal)]
    const got = [vertical, horizontal].map((axis) => axis.size + axis.before + axis.after)
    throw new ShapeError('shape-mismatch', `expected an image of at least ${showShape(least)}, it is ${showShape(got)}`)
  }
  return { vertical, horizontal, rows, columns }
}

export function pairOf(attributes: Attributes, key: string): readonly [number, number] {
  const values = numbersAttribute(attributes, key)
  const [vertical = 0, horizontal = 0] = values
  if (values.length !== 2 || !isWhole(vertical, 1) || !isWhole(horizontal, 1)) {
    throw new ShapeError('shape-mismatch', `expected ${key} of two whole numbers from 1, got ${showShape(values)}`)
  }
  return [vertical, horizontal]
}

/** The sizes of a tensor [N, C, H, W]. */
export function imagesOf(shape: Shape | undefined): readonly [number, number, number, number] {
  const [images, channels, height, width] = shape ?? []
  if (images === undefined || channels === undefined || height === undefined || width === undefined) {
    throw new ShapeError('shape-mismatch', 'expected [N, C, H, W]')
  }
  if (shape?.length !== 4) throw new ShapeError('shape-mismatch', 'expected [N, C, H, W]')
  return [images, channels, height, width]
}

/** Told of outputs `count` from `output` on, all under one tap, and of the values there: from `value` on, `step` apart. */
export type VisitRun = (output: number, value: number, count: number, step: number) => void

/** Runs of neighbouring outputs in a plane under the tap (row, column) that stand on values. */
export function forEachRun(window: Window, row: number, column: number, visit: VisitRun): void {
  const { vertical, horizontal, columns } = window
  const down = outputsOnValues(vertical, row)
  const across = outputsOnValues(horizontal, column)
  const count = across.end - across.first
  const left = across.first * horizontal.stride + column * horizontal.dilation - horizontal.before
  if (count === 0) return
  for (let at = down.first; at < down.end; at++) {
    const line = at * vertical.stride + row * vertical.dilation - vertical.before
    visit(at * columns + across.first, line * horizontal.size + left, count, horizontal.stride)
  }
}

function isWhole(value: number, least: number): boolean {
  return Number.isInteger(value) && value >= least
}
