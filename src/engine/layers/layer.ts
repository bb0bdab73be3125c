/** What a layer declares: everything forms, checks, lowering and files need to know of it. */
import type { Config, Field } from '../fields'
import type { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'
import type { Shape } from '../spec'

/** A trained tensor of a layer. */
export interface ParameterSpec {
  /** Without the layer, for example `weight`. */
  readonly name: string
  readonly shape: Shape
  /** Name in the initializer registry. */
  readonly initializer: string
  /** What it is, in one sentence. */
  readonly help: string
}

/** What a layer may use while it adds itself to a graph. */
export interface LayerContext {
  readonly graph: GraphBuilder
  /** The node of one of the layer's own parameters, by the name in its `ParameterSpec`. */
  parameter(name: string): NodeId
}

/** One use that a layer is tested on by the contract suite: shapes, round trip, first weights, gradients. */
export interface LayerCase {
  /** Shapes of one row of each input. */
  readonly inputs: readonly Shape[]
  /** What differs from the defaults. */
  readonly config: Config
}

/**
 * A layer is a composition of primitives: it has no gradient, kernel or exporter of its own.
 * Shapes here are of one row, without the batch; config has been parsed, so every field is there and in range.
 */
export interface LayerSpec {
  readonly type: string
  readonly label: string
  /** Layers of one family share a colour. */
  readonly family: 'linear'
  readonly summary: string
  readonly fields: readonly Field[]
  /** Shape of the output. @throws ShapeError `shape-mismatch` when the inputs do not suit; the message needs no layer name */
  inferShape(inputs: readonly Shape[], config: Config): Shape
  parameters(inputs: readonly Shape[], config: Config): readonly ParameterSpec[]
  /** Multiply-adds of the forward pass for one row. */
  multiplyAdds(inputs: readonly Shape[], config: Config): number
  /** Adds the layer to the graph: inputs [N, …] → output [N, …]. */
  build(context: LayerContext, inputs: readonly NodeId[], config: Config): NodeId
  readonly cases: readonly LayerCase[]
}
