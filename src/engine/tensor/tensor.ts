/** Tensors: a shape and its float64 values, row-major. */
import { ShapeError } from '../../shared/errors'
import type { Shape } from '../spec'

export interface Tensor {
  readonly shape: Shape
  /** Row-major: the last axis is contiguous. Length is the product of `shape`. */
  readonly data: Float64Array
}

/** Number of values in a tensor of this shape; 1 for the scalar `[]`. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1)
}

/** @throws ShapeError `shape-mismatch` when the number of values is not that of the shape */
export function tensor(shape: Shape, data: Float64Array | readonly number[]): Tensor {
  if (data.length !== sizeOf(shape)) {
    throw new ShapeError(
      'shape-mismatch',
      `A tensor ${showShape(shape)} holds ${sizeOf(shape)} values, got ${data.length}.`
    )
  }
  return { shape, data: data instanceof Float64Array ? data : Float64Array.from(data) }
}

export function zeros(shape: Shape): Tensor {
  return { shape, data: new Float64Array(sizeOf(shape)) }
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis])
}

/** `[32, 4]`, as people write shapes. */
export function showShape(shape: Shape): string {
  return `[${shape.join(', ')}]`
}

/** `[N, 4]`: the shape of a batch, from the shape of one row. */
export function showBatchShape(shape: Shape): string {
  return `[${['N', ...shape].join(', ')}]`
}

/** The size of axis `axis`; negative counts from the end. */
export function axisSize(shape: Shape, axis: number): number {
  const size = shape.at(axis)
  if (size === undefined) throw new ShapeError('shape-mismatch', `Shape ${showShape(shape)} has no axis ${axis}.`)
  return size
}
