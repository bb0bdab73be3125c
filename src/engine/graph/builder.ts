/** Makes primitive graphs: nodes are checked by their primitive's shape rule as they are added. */
import { ShapeError } from '../../shared/errors'
import { opNamed, type OpName } from '../ops'
import type { Shape } from '../spec'
import { showShape, tensor } from '../tensor/tensor'
import type { Attributes, Graph, GraphNode, NodeId } from './graph'

export class GraphBuilder {
  readonly #nodes: GraphNode[] = []
  readonly #names = new Set<string>()
  #scope = ''

  /** The nodes added so far; later additions are not seen by a graph taken before. */
  get graph(): Graph {
    return { nodes: [...this.#nodes] }
  }

  get nodes(): readonly GraphNode[] {
    return this.#nodes
  }

  /** Adds what `build` adds under a scope: the layer (or `loss`, `optimizer`) that errors and drawings name. */
  within<Result>(scope: string, build: () => Result): Result {
    const outer = this.#scope
    this.#scope = scope
    try {
      return build()
    } finally {
      this.#scope = outer
    }
  }

  /** A value given at each run, under this name. */
  input(name: string, shape: Shape): NodeId {
    return this.#source('input', name, shape)
  }

  /** A trained tensor, given at each run under this name. */
  parameter(name: string, shape: Shape): NodeId {
    return this.#source('parameter', name, shape)
  }

  /** A tensor that is kept from step to step but not trained, given at each run under this name. */
  buffer(name: string, shape: Shape): NodeId {
    return this.#source('buffer', name, shape)
  }

  /** @throws ShapeError when the number of values is not that of the shape */
  constant(shape: Shape, values: readonly number[] | Float64Array): NodeId {
    const { data } = tensor(shape, values)
    return this.#add({ op: 'constant', inputs: [], attributes: {}, shape, name: '', data })
  }

  /**
   * Applies a primitive to earlier nodes.
   * @throws ShapeError naming the layer when the shapes do not fit
   */
  apply(op: OpName, inputs: readonly NodeId[], attributes: Attributes = {}): NodeId {
    const shapes = inputs.map((input) => this.shapeOf(input))
    return this.#add({ op, inputs, attributes, shape: this.#outputShape(op, shapes, attributes), name: '' })
  }

  node(id: NodeId): GraphNode {
    const node = this.#nodes[id]
    if (node === undefined) throw new Error(`The graph has no node ${id}`)
    return node
  }

  shapeOf(id: NodeId): Shape {
    return this.node(id).shape
  }

  #outputShape(op: OpName, shapes: readonly Shape[], attributes: Attributes): Shape {
    try {
      return opNamed(op).shape(shapes, attributes)
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error
      const place = this.#scope === '' ? '' : `layer "${this.#scope}": `
      const got = shapes.map(showShape).join(' and ')
      throw new ShapeError(error.code, `${place}${op}: ${error.message}; got ${got}.`, {
        ...error.details,
        layer: this.#scope,
        op
      })
    }
  }

  #source(op: 'input' | 'parameter' | 'buffer', name: string, shape: Shape): NodeId {
    if (this.#names.has(name)) throw new Error(`The graph already has a source "${name}"`)
    this.#names.add(name)
    return this.#add({ op, inputs: [], attributes: {}, shape, name })
  }

  #add(node: Omit<GraphNode, 'id' | 'scope'>): NodeId {
    const id = this.#nodes.length
    this.#nodes.push({ ...node, id, scope: this.#scope })
    return id
  }
}
