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
  /**
   * The same as TeX with `@z`, in the derivative `@a` = f(z) too where it reads better: `withSymbols` and `withNumbers` of
   * src/shared/formula.ts fill them in. Of softmax for unit k, the others' by letters: a_k, and ∂a_k/∂z_j.
   */
  readonly tex: { readonly value: string; readonly derivative: string }
  /** Name of the initializer that keeps the variance of this activation's outputs steady from layer to layer. */
  readonly initializer: string
  /** Whether a unit can be stuck at exactly 0, where its derivative is 0 too: it learns no more. */
  readonly dies?: boolean
  /**
   * Whether an answer y = f(z) lies in a flat end: where f′ is below a twenty-fifth of its largest value, so that next to
   * no gradient passes. Not there for activations without two ends, or whose answers depend on one another.
   */
  readonly isFlat?: (y: number) => boolean
  /** Adds f(z) to the graph: [N, …] → the same shape, elementwise or (softmax) over the last axis. */
  build(graph: GraphBuilder, z: NodeId): NodeId
}
