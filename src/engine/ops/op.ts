/** What a primitive declares: its shape rule, its value, its gradient and the cases it is tested on. */
import type { GraphBuilder } from '../graph/builder'
import type { Attributes, NodeId } from '../graph/graph'
import type { Shape } from '../spec'

/**
 * Computes a node's values, all of them, from its inputs'. Reads inputs only, writes `output` only; the arrays
 * never overlap and have the sizes of the shapes the kernel was made for.
 */
export type Kernel = (inputs: readonly Float64Array[], output: Float64Array) => void

/** What a primitive is given to add its gradient to a graph. */
export interface VjpContext {
  readonly graph: GraphBuilder
  readonly inputs: readonly NodeId[]
  readonly output: NodeId
  readonly attributes: Attributes
  /** ∂L/∂output, in the output's shape. */
  readonly gradient: NodeId
  /** Which inputs need a gradient. */
  readonly needs: readonly boolean[]
}

/** One setting that a primitive is tested on: shapes, gradients and purity, by the contract suite. */
export interface OpCase {
  readonly shapes: readonly Shape[]
  readonly attributes?: Attributes
  /** Range the tests draw inputs from; −2 to 2 unless said. */
  readonly range?: readonly [number, number]
  /** Kinks: inputs whose absolute value is below this are moved away from 0, where no derivative exists. */
  readonly awayFromZero?: number
  /** Inputs drawn as whole numbers from 0 to below this, as for class indices. */
  readonly integersBelow?: number
  /** Which inputs are drawn so; all unless said. */
  readonly integerInputs?: readonly number[]
}

export interface Op<Name extends string = string> {
  readonly name: Name
  /** y by its inputs, for people. */
  readonly formula: string
  /** The output's shape. @throws ShapeError saying what was expected; the builder adds the layer and what it got */
  shape(inputs: readonly Shape[], attributes: Attributes): Shape
  /** The reference computation in float64, prepared once for given shapes. */
  kernel(inputs: readonly Shape[], attributes: Attributes, output: Shape): Kernel
  /** Int32 numbers of the tables that this kernel keeps; none unless given. */
  tableSize?(inputs: readonly Shape[], attributes: Attributes, output: Shape): number
  /**
   * The vector–Jacobian product: for each input ∂L/∂input in the input's shape, as new nodes; null where the
   * gradient is zero everywhere or not needed.
   */
  vjp(context: VjpContext): readonly (NodeId | null)[]
  readonly cases: readonly OpCase[]
  /** More that only kernels are tested on: sizes at which their loops begin, end and change over. */
  readonly kernelCases?: readonly OpCase[]
}

export function numberAttribute(attributes: Attributes, key: string): number {
  const value = attributes[key]
  if (typeof value !== 'number') throw new Error(`Attribute "${key}" must be a number, got ${String(value)}`)
  return value
}

export function booleanAttribute(attributes: Attributes, key: string): boolean {
  const value = attributes[key]
  if (typeof value !== 'boolean') throw new Error(`Attribute "${key}" must be a boolean, got ${String(value)}`)
  return value
}

export function numbersAttribute(attributes: Attributes, key: string): readonly number[] {
  const value = attributes[key]
  if (typeof value !== 'object') throw new Error(`Attribute "${key}" must be a list of numbers, got ${String(value)}`)
  return value
}

/** Operand `index` of a primitive whose shape rule has fixed their number. */
export function operand<T>(list: readonly T[], index: number): T {
  const value = list[index]
  if (value === undefined) throw new Error(`Operand ${index} is missing`)
  return value
}
