/**
 * The primitive graph: what every network, its gradients and its update are made of.
 *
 * A graph is a list of nodes in evaluation order; a node is known by its index. Sources have no inputs:
 * `input` (a value given at each run), `parameter` (a trained tensor), `buffer` (a tensor that is kept but not trained,
 * as running statistics) and `constant`. Every other node
 * applies one primitive of `src/engine/ops` to earlier nodes. Shapes are concrete, batch included, so an
 * executor can lay out memory before it runs; a graph for another batch size is built again from the model.
 */
import type { Shape } from '../spec'

export type NodeId = number

/** Settings of one node: plain data, so a graph can be saved, compared and written out by exporters. */
export type Attributes = Readonly<Record<string, number | boolean | string | readonly number[]>>

export interface GraphNode {
  readonly id: NodeId
  /** `input`, `parameter`, `buffer`, `constant`, or the name of a primitive. */
  readonly op: string
  readonly inputs: readonly NodeId[]
  readonly attributes: Attributes
  readonly shape: Shape
  /** Sources: the name of the input, parameter or buffer (`dense1.weight`). Others: empty. */
  readonly name: string
  /** The layer (or `loss`, `optimizer`) this node belongs to; names the place in errors and drawings. */
  readonly scope: string
  /** For `constant` alone: its values, row-major. */
  readonly data?: Float64Array
}

export interface Graph {
  readonly nodes: readonly GraphNode[]
}

/** Whether a node is fed by name at each run. */
export function isSource({ op }: Pick<GraphNode, 'op'>): boolean {
  return op === 'input' || op === 'parameter' || op === 'buffer'
}
