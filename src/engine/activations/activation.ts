/** What an activation function declares. */
import type { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'

export interface Activation<Name extends string = string> {
  readonly name: Name
  readonly label: string
  /** f(z), for people. */
  readonly formula: string
  /** f′(z), for people; the computed one comes from the primitives. */
  readonly derivative: string
  /** Name of the initializer that keeps the variance of this activation's outputs steady from layer to layer. */
  readonly initializer: string
  /** Adds f(z) to the graph: [N, …] → the same shape, elementwise or (softmax) over the last axis. */
  build(graph: GraphBuilder, z: NodeId): NodeId
}
