/** What primitives over the last axis share. */
import { ShapeError } from '../../shared/errors'
import type { Shape } from '../spec'
import { sameAsInput } from './elementwise'
import type { OpCase } from './op'

/** One input with at least one axis; the output has its shape. */
export function needsLastAxis(inputs: readonly Shape[]): Shape {
  const shape = sameAsInput(inputs)
  if (shape.length === 0) throw new ShapeError('shape-mismatch', 'expected at least one axis')
  return shape
}

export const lastAxisCases: readonly OpCase[] = [
  { shapes: [[1]] },
  { shapes: [[1, 1]] },
  { shapes: [[5, 1]] },
  { shapes: [[7, 5]] },
  { shapes: [[2, 3, 5]] },
  { shapes: [[3, 4]], range: [-10, 10] }
]
