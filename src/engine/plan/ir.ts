/**
 * The plan's own form of a graph: primitives, and what they become when constants are folded and neighbours merge.
 * Nodes stand in order of evaluation; equal computations are one node.
 *
 * Besides primitives there are `splat` {value} (one number everywhere), `mask` (b where a > 0, else 0), and `sum` has a
 * `scale` and may have two inputs, whose product it sums; `mean` is a sum.
 */
import type { Attributes } from '../graph/graph'
import type { Shape } from '../spec'

export interface IrNode {
  readonly id: number
  readonly op: string
  readonly inputs: readonly number[]
  readonly attributes: Attributes
  readonly shape: Shape
  /** Sources: the name of the input or parameter. Others: empty. */
  readonly name: string
  /** For `constant` alone. */
  readonly data?: Float64Array
}

export class IrBuilder {
  readonly nodes: IrNode[] = []
  readonly #known = new Map<string, number>()

  node(id: number): IrNode {
    const node = this.nodes[id]
    if (node === undefined) throw new Error(`The plan has no node ${id}`)
    return node
  }

  /** The node that computes this; a new one unless there is one already. */
  add(op: string, inputs: readonly number[], attributes: Attributes, shape: Shape): number {
    const key = keyOf(op, inputs, attributes, shape)
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const id = this.#push({ op, inputs, attributes, shape, name: '' })
    this.#known.set(key, id)
    return id
  }

  source(op: string, name: string, shape: Shape): number {
    return this.#push({ op, inputs: [], attributes: {}, shape, name })
  }

  constant(shape: Shape, data: Float64Array): number {
    return this.#push({ op: 'constant', inputs: [], attributes: {}, shape, name: '', data })
  }

  /** The node that computes this, if there is one. */
  find(op: string, inputs: readonly number[], attributes: Attributes, shape: Shape): number | undefined {
    return this.#known.get(keyOf(op, inputs, attributes, shape))
  }

  #push(node: Omit<IrNode, 'id'>): number {
    this.nodes.push({ ...node, id: this.nodes.length })
    return this.nodes.length - 1
  }
}

function keyOf(op: string, inputs: readonly number[], attributes: Attributes, shape: Shape): string {
  const sorted = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([op, inputs, sorted, shape])
}
