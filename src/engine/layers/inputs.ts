/** What layers ask of their inputs. Shapes are of one row. */
import { ShapeError } from '../../shared/errors'
import type { NodeId } from '../graph/graph'
import type { Shape } from '../spec'
import { sameShape, showBatchShape } from '../tensor/tensor'

/** The shape of the one input. @throws ShapeError `shape-mismatch` */
export function oneInput(inputs: readonly Shape[]): Shape {
  const [shape] = inputs
  if (inputs.length === 1 && shape !== undefined) return shape
  throw new ShapeError('shape-mismatch', `Expected one input, got ${inputs.length}; connect it to one layer.`)
}

/** The same with at least one axis besides the batch: the first are its channels. @throws ShapeError `shape-mismatch` */
export function inputWithChannels(inputs: readonly Shape[]): { readonly shape: Shape; readonly channels: number } {
  const shape = oneInput(inputs)
  const [channels] = shape
  if (channels !== undefined) return { shape, channels }
  throw new ShapeError(
    'shape-mismatch',
    'Expected at least one size per row, got [N]; connect it to a layer with features or channels.'
  )
}

/** Two inputs or more. @throws ShapeError `shape-mismatch` */
export function severalInputs(inputs: readonly Shape[]): readonly [Shape, ...Shape[]] {
  const [first, ...others] = inputs
  if (first !== undefined && others.length > 0) return [first, ...others]
  throw new ShapeError(
    'shape-mismatch',
    `Expected two inputs or more, got ${inputs.length}; connect it to more layers.`
  )
}

/** The shape that all inputs have. @throws ShapeError `shape-mismatch` saying which input differs */
export function equalInputs(inputs: readonly Shape[]): Shape {
  const [first, ...others] = severalInputs(inputs)
  const differing = others.findIndex((shape) => !sameShape(shape, first))
  if (differing < 0) return first
  throw differs(
    differing + 1,
    `Expected inputs of one shape, got ${showBatchShape(first)} from input 1 and ${showBatchShape(others[differing] ?? [])} from input ${differing + 2}; give them equal sizes, for example by a layer before one of them.`
  )
}

/** The error of one among several inputs. @param input its place, from 0, by which descriptions name the layer it comes from */
export function differs(input: number, message: string): ShapeError {
  return new ShapeError('shape-mismatch', message, { input })
}

/** The node of the one input; its number has been checked by `inferShape`. */
export function oneNode(inputs: readonly NodeId[]): NodeId {
  const [input] = inputs
  if (input === undefined) throw new ShapeError('shape-mismatch', 'Expected one input, got none.')
  return input
}
