/** What primitives along one axis share. Attribute: `axis`, from 0, the batch included. */
import { ShapeError } from '../../shared/errors'
import type { Attributes } from '../graph/graph'
import type { Shape } from '../spec'
import { sizeOf } from '../tensor/tensor'
import { numberAttribute } from './op'

/** @throws ShapeError when the shape has no such axis */
export function axisAttribute(shape: Shape, attributes: Attributes): number {
  const axis = numberAttribute(attributes, 'axis')
  if (!Number.isInteger(axis) || axis < 0 || axis >= shape.length) {
    throw new ShapeError('shape-mismatch', `expected an axis from 0 to ${shape.length - 1}, got axis ${axis}`)
  }
  return axis
}

/** How many times the axis is gone through, and how many values stand at each place of it. */
export function alongAxis(shape: Shape, axis: number): { readonly outer: number; readonly inner: number } {
  return { outer: sizeOf(shape.slice(0, axis)), inner: sizeOf(shape.slice(axis + 1)) }
}
