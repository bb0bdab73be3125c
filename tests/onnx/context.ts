/** What a rule is given: one ONNX node, whose inputs are nodes of our graph, and ways to read its attributes. */
import type { GraphBuilder } from '../../src/engine/graph/builder'
import type { NodeId } from '../../src/engine/graph/graph'
import type { Shape } from '../../src/engine/spec'
import { fromProto, type ElementType, type OnnxNode, type OnnxTensor } from './corpus'

/** Why a test is not covered, in words for the list. */
export class NotCovered extends Error {}

/** The reason of convolutions and poolings in space. */
export const THREE_AXES = 'windows over three axes; ours move over one or two'

/** What is known of a value of the ONNX graph. */
export interface Value {
  readonly node: NodeId
  /** Of the test's inputs; null for what is computed. */
  readonly type: ElementType | null
}

/** An ONNX node as our primitives: one output, or one for each of the node's outputs. */
export type Rule = (context: RuleContext) => NodeId | readonly NodeId[]

export class RuleContext {
  /**
   * @param evaluate a node's values on the test's data; ONNX takes shapes, axes and the like at run time, our graphs have
   * them when they are built
   */
  constructor(
    readonly graph: GraphBuilder,
    readonly onnx: OnnxNode,
    readonly inputs: readonly (Value | null)[],
    private readonly evaluate: (node: NodeId) => Float64Array
  ) {}

  /** Input `place` of the node. @throws Error where it is left out */
  input(place = 0): NodeId {
    const node = this.optional(place)
    if (node === null) throw new Error(`${this.onnx.op_type} has no input ${place}`)
    return node
  }

  /** All inputs of a node that takes any number of them. */
  all(): NodeId[] {
    return this.inputs.map((_, place) => this.input(place))
  }

  optional(place: number): NodeId | null {
    return this.inputs[place]?.node ?? null
  }

  type(place = 0): ElementType | null {
    return this.inputs[place]?.type ?? null
  }

  shape(place = 0): Shape {
    return this.graph.shapeOf(this.input(place))
  }

  /** Values of an input that our graphs have as numbers: a shape, axes, a ratio. Null where it is left out. */
  values(place: number): readonly number[] | null {
    const node = this.optional(place)
    return node === null ? null : [...this.evaluate(node)]
  }

  has(name: string): boolean {
    return this.onnx.attribute.some((attribute) => attribute.name === name)
  }

  /** A FLOAT or INT attribute. */
  number(name: string, otherwise: number): number {
    const found = this.#attribute(name)
    // AttributeProto.AttributeType: 2 is INT.
    return found === undefined ? otherwise : found.type === 2 ? found.i : found.f
  }

  ints(name: string): readonly number[] | null {
    return this.#attribute(name)?.ints ?? null
  }

  text(name: string, otherwise: string): string {
    const found = this.#attribute(name)
    return found === undefined ? otherwise : new TextDecoder().decode(found.s)
  }

  tensor(name: string): OnnxTensor | null {
    const found = this.#attribute(name)?.t
    return found === undefined ? null : fromProto(found)
  }

  /** `axis` counted from the first; negative ones count from the last. */
  axis(axis: number, rank = this.shape().length): number {
    return axis < 0 ? axis + rank : axis
  }

  #attribute(name: string) {
    return this.onnx.attribute.find((attribute) => attribute.name === name)
  }
}
