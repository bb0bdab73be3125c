/** The reference executor: evaluates a graph in float64, one primitive after the other. Clear before fast. */
import { ShapeError } from '../../../shared/errors'
import { isSource, type Graph, type GraphNode, type NodeId } from '../../graph/graph'
import { needed } from '../../graph/needed'
import { opNamed, type Kernel } from '../../ops'
import { showShape, sizeOf, type Tensor } from '../../tensor/tensor'

/** Values of inputs and parameters by the names of their sources. */
export type Feeds = ReadonlyMap<string, Float64Array>

interface Source {
  readonly node: GraphNode
  readonly size: number
}

interface Instruction {
  readonly kernel: Kernel
  /** The operands' arrays; those of sources are replaced by what is fed. */
  readonly operands: Float64Array[]
  readonly output: Float64Array
}

/** A graph made ready to run: shapes checked and memory allocated once, so that a run only computes. */
export class ReferenceProgram {
  readonly #graph: Graph
  /** By node; undefined for nodes that no wanted node needs. */
  readonly #values: (Float64Array | undefined)[]
  readonly #order: readonly NodeId[]
  readonly #sources: readonly Source[]
  readonly #instructions: readonly Instruction[]
  /** Operands to replace when a source is fed: by source, the places that read it. */
  readonly #readers: ReadonlyMap<NodeId, readonly { operands: Float64Array[]; position: number }[]>

  /** @param wanted nodes whose values will be asked for; only they and what they need is computed. All nodes unless given */
  constructor(graph: Graph, wanted: readonly NodeId[] = graph.nodes.map((node) => node.id)) {
    this.#graph = graph
    const nodes = needed(graph.nodes, wanted)
    this.#order = nodes.map((node) => node.id)
    this.#values = new Array<Float64Array | undefined>(graph.nodes.length).fill(undefined)
    const readers = new Map<NodeId, { operands: Float64Array[]; position: number }[]>()
    const sources: Source[] = []
    const instructions: Instruction[] = []
    for (const node of nodes) {
      const size = sizeOf(node.shape)
      if (isSource(node)) {
        sources.push({ node, size })
        readers.set(node.id, [])
        this.#values[node.id] = new Float64Array(0)
        continue
      }
      const values = node.data ?? new Float64Array(size)
      this.#values[node.id] = values
      if (node.op === 'constant') continue
      const shapes = node.inputs.map((input) => nodeOf(graph, input).shape)
      const operands = node.inputs.map((input) => this.value(input))
      node.inputs.forEach((input, position) => readers.get(input)?.push({ operands, position }))
      instructions.push({
        kernel: opNamed(node.op).kernel(shapes, node.attributes, node.shape),
        operands,
        output: values
      })
    }
    this.#sources = sources
    this.#readers = readers
    this.#instructions = instructions
  }

  /**
   * Computes every wanted node. Feeds are read in place, not copied.
   * @throws ShapeError `missing-feed` or `shape-mismatch` naming the source
   */
  run(feeds: Feeds): void {
    for (const { node, size } of this.#sources) {
      const fed = feeds.get(node.name)
      if (fed === undefined)
        throw new ShapeError('missing-feed', `The graph needs a value for "${node.name}" ${showShape(node.shape)}.`)
      if (fed.length !== size) {
        throw new ShapeError(
          'shape-mismatch',
          `"${node.name}" must be ${showShape(node.shape)}, got ${fed.length} values.`
        )
      }
      this.#values[node.id] = fed
      for (const { operands, position } of this.#readers.get(node.id) ?? []) operands[position] = fed
    }
    for (const { kernel, operands, output } of this.#instructions) kernel(operands, output)
  }

  /** A node's values of the last run; overwritten by the next one. */
  value(id: NodeId): Float64Array {
    const values = this.#values[id]
    if (values === undefined) throw new Error(`Node ${id} is not computed: ask for it when making the program`)
    return values
  }

  /** A copy of a node's values of the last run. */
  tensor(id: NodeId): Tensor {
    return { shape: nodeOf(this.#graph, id).shape, data: this.value(id).slice() }
  }

  /** The first node, in the order of evaluation, with a NaN or an infinity in the last run; null when all is finite. */
  firstNonFinite(): GraphNode | null {
    return this.#first((value) => !Number.isFinite(value))
  }

  /** The same, with numbers that are too large for float32. */
  firstBeyondFloat32(): GraphNode | null {
    return this.#first((value) => !Number.isFinite(Math.fround(value)))
  }

  #first(bad: (value: number) => boolean): GraphNode | null {
    const id = this.#order.find((id) => this.value(id).some(bad))
    return id === undefined ? null : nodeOf(this.#graph, id)
  }
}

function nodeOf(graph: Graph, id: NodeId): GraphNode {
  const node = graph.nodes[id]
  if (node === undefined) throw new Error(`The graph has no node ${id}`)
  return node
}
