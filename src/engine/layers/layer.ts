/** What a layer declares: everything forms, checks, lowering and files need to know of it. */
import type { Config, Field } from '../fields'
import type { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'
import type { OpCase } from '../ops/op'
import type { Shape } from '../spec'

/** A tensor of a layer: a trained one, or a buffer that is kept beside them, as running statistics are. */
export interface ParameterSpec {
  /** Without the layer, for example `weight`. */
  readonly name: string
  readonly shape: Shape
  /** Name in the initializer registry. */
  readonly initializer: string
  /** For the initializer `constant` alone: the number. */
  readonly initialWeight?: number
  /** So many of its first rows are 0 at first, whatever the initializer draws. */
  readonly zeroRows?: number
  /** What it is, in one sentence. */
  readonly help: string
}

/** What a layer may use while it adds itself to a graph. */
export interface LayerContext {
  readonly graph: GraphBuilder
  /** The node of one of the layer's own parameters, by the name in its `ParameterSpec`. */
  parameter(name: string): NodeId
  /** The node of one of the layer's own buffers, by the name in its `ParameterSpec`: its value before the step. */
  buffer(name: string): NodeId
  /** Whether the graph is a step of training; false where the network answers, is judged or exported. */
  readonly training: boolean
  /** While training alone: what the buffer becomes after the step. @param value of the buffer's shape */
  updateBuffer(name: string, value: NodeId): void
  /**
   * While training alone: ones where a number is kept, with the given probability, else zeros; drawn anew at each step
   * from the seed, the layer's name and the step, so that a run can be repeated and resumed.
   */
  keepMask(shape: Shape, probability: number): NodeId
  /** Is told what the layer's activation is applied to, z in y = f(z), for whoever explains the layer. */
  preActivation(z: NodeId): void
}

/** Layers of one family share a colour and a place in lists. */
export const layerFamilies = [
  'linear',
  'activation',
  'convolution',
  'pooling',
  'normalization',
  'regularization',
  'shape',
  'merge',
  'embedding'
] as const
export type LayerFamily = (typeof layerFamilies)[number]

/** One use that a layer is tested on by the contract suite: shapes, round trip, first weights, gradients. */
export interface LayerCase {
  /** Shapes of one row of each input. */
  readonly inputs: readonly Shape[]
  /** What differs from the defaults. */
  readonly config: Config
  /** How inputs are drawn: away from kinks, or as whole numbers, by which there is nothing to differentiate. */
  readonly draw?: Pick<OpCase, 'range' | 'awayFromZero' | 'integersBelow'>
}

/**
 * A layer is a composition of primitives: it has no gradient, kernel or exporter of its own.
 * Shapes here are of one row, without the batch; config has been parsed, so every field is there and in range.
 */
export interface LayerSpec {
  readonly type: string
  readonly label: string
  readonly family: LayerFamily
  /** Whether it takes one input, or joins two or more. */
  readonly inputs: 'one' | 'several'
  readonly summary: string
  readonly fields: readonly Field[]
  /** Shape of the output. @throws ShapeError `shape-mismatch` when the inputs do not suit; the message needs no layer name */
  inferShape(inputs: readonly Shape[], config: Config): Shape
  parameters(inputs: readonly Shape[], config: Config): readonly ParameterSpec[]
  /** Tensors that are kept and saved but not trained; none unless declared. */
  buffers?(inputs: readonly Shape[], config: Config): readonly ParameterSpec[]
  /** Multiply-adds of the forward pass for one row. */
  multiplyAdds(inputs: readonly Shape[], config: Config): number
  /** Adds the layer to the graph: inputs [N, …] → output [N, …]. */
  build(context: LayerContext, inputs: readonly NodeId[], config: Config): NodeId
  readonly cases: readonly LayerCase[]
}
