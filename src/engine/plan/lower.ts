/** From a graph to instructions. */
import { isSource, type Graph, type NodeId } from '../graph/graph'
import { booleanAttribute, numberAttribute } from '../ops/op'
import { sizeOf } from '../tensor/tensor'
import { mergedAxes } from './broadcast'
import { chainOf, type Destination } from './chain'
import { hasKernel } from './chain-table'
import { Uses, type FusedMatmul } from './fuse'
import { group, rootOf, type Item } from './group'
import { imageInstruction } from './images'
import { accesses, type BufferId, type Instruction } from './instructions'
import type { IrNode } from './ir'
import { movesOf } from './moves'
import { simplify } from './simplify'

export interface PlanRequest {
  readonly graph: Graph
  /** Nodes whose values are read after a run. */
  readonly wanted: readonly NodeId[]
  /** Inputs whose rows are gathered from resident data. */
  readonly gathered: readonly string[]
  /** Sources that take on the value of a node at the end of a run. */
  readonly updates: readonly Update[]
}

export interface Update {
  readonly source: string
  readonly node: NodeId
  /** Whether a NaN or an infinity in it raises the flag. */
  readonly checked: boolean
}

export interface Plan {
  readonly instructions: readonly Instruction[]
  /** Values in each buffer. */
  readonly sizes: ReadonlyMap<BufferId, number>
  /** Buffers that keep their place: sources by name, and constants with their values. */
  readonly sources: ReadonlyMap<BufferId, string>
  readonly constants: ReadonlyMap<BufferId, Float64Array>
  /** Where the values of wanted nodes stand. */
  readonly wanted: ReadonlyMap<NodeId, BufferId>
}

/** The first operation of a graph that has no kernel, or null when all have one. */
export function firstWithoutKernel({ nodes }: Graph): string | null {
  return nodes.find(({ op }) => op !== 'mean' && !hasKernel(op))?.op ?? null
}

/** All operations must have a kernel. */
export function plan(request: PlanRequest): Plan {
  const { graph, gathered, updates } = request
  const { nodes, of } = simplify(graph, [...request.wanted, ...updates.map(({ node }) => node)])
  const at = (id: NodeId) => of.get(id) ?? -1
  const outcomes = updates.map((update) => ({ ...update, value: at(update.node) }))
  const uses = new Uses(nodes, new Set([...of.values()]))
  const items = group(uses)
  const lowering = new Lowering(uses, items, outcomes)
  const instructions: Instruction[] = nodes.flatMap(({ id, op, name, shape }) => {
    if (op !== 'input' || !gathered.includes(name)) return []
    const [rows = 1, ...row] = shape
    return { kernel: 'gather', result: id, name, rows, width: sizeOf(row) }
  })
  items.forEach((item) => instructions.push(...lowering.item(item)))
  instructions.push(...lowering.rest())
  const sources = nodes.flatMap((node) =>
    isSource(node) && !gathered.includes(node.name) ? [[node.id, node.name] as const] : []
  )
  return {
    instructions,
    sizes: new Map(nodes.map(({ id, shape }) => [id, sizeOf(shape)])),
    sources: new Map(sources),
    constants: constantsOf(nodes, instructions, uses),
    wanted: new Map(request.wanted.map((id) => [id, lowering.bufferOf(at(id))]))
  }
}

/** Constants, and numbers everywhere that a kernel reads or that are asked for. */
function constantsOf(
  nodes: readonly IrNode[],
  instructions: readonly Instruction[],
  uses: Uses
): ReadonlyMap<BufferId, Float64Array> {
  const read = new Set([...instructions.flatMap((instruction) => accesses(instruction).reads), ...uses.wanted])
  return new Map(
    nodes.flatMap(({ id, op, shape, data, attributes }) => {
      if (!read.has(id)) return []
      if (op === 'splat')
        return [[id, new Float64Array(sizeOf(shape)).fill(numberAttribute(attributes, 'value'))] as const]
      return data === undefined ? [] : [[id, data] as const]
    })
  )
}

class Lowering {
  /** By node, the source whose place its values take. */
  readonly #inPlace = new Map<number, number>()
  readonly #checked = new Set<number>()
  readonly #done = new Set<number>()
  /** By node, the chain among the items that computes it. */
  readonly #chainOf = new Map<number, number>()
  /** By node, reshapes seen through, the last item that reads it. */
  readonly #lastRead = new Map<number, number>()
  readonly #wantedRoots = new Set<number>()
  readonly #sources: ReadonlyMap<string, number>

  constructor(
    readonly uses: Uses,
    readonly items: readonly Item[],
    readonly updates: readonly { readonly source: string; readonly value: number; readonly checked: boolean }[]
  ) {
    this.#sources = new Map(uses.nodes.filter(isSource).map(({ name, id }) => [name, id]))
    items.forEach((item, index) => {
      if (item.kind === 'chain') for (const id of item.members) this.#chainOf.set(id, index)
      for (const id of readsOf(item, uses)) this.#lastRead.set(rootOf(uses, id), index)
    })
    for (const id of uses.wanted) this.#wantedRoots.add(rootOf(uses, id))
    for (const { source, value, checked } of updates) {
      const id = this.#sourceNamed(source)
      if (checked) this.#checked.add(value)
      if (id !== undefined && this.#canReplace(id, value)) this.#inPlace.set(value, id)
    }
  }

  bufferOf(id: number): BufferId {
    const root = rootOf(this.uses, id)
    return this.#inPlace.get(root) ?? root
  }

  item(item: Item): Instruction[] {
    switch (item.kind) {
      case 'chain':
        return item.members.length === 0 ? [] : [this.#chain(item.members, item.elements)]
      case 'matmul':
        return [this.#matmul(item.fused)]
      case 'images':
        return [imageInstruction(item.fused, this.uses, (id) => this.bufferOf(id))]
      case 'crossEntropy': {
        const { softmax, targets, chosen, gradient, scale } = item.fused
        const [rows = 1, size = 1] = softmax.shape
        const x = this.bufferOf(softmax.inputs[0] ?? -1)
        const result = softmax.id
        return [
          { kernel: 'crossEntropy', result, chosen, gradient, x, targets: this.bufferOf(targets), rows, size, scale }
        ]
      }
      case 'kernel':
        return movesOf(item.node, this.uses, (id) => this.bufferOf(id)) ?? [this.#kernel(item.node)]
    }
  }

  /** Updates that could not be written in place. */
  rest(): Instruction[] {
    return this.updates.flatMap(({ source, value, checked }): Instruction[] => {
      const id = this.#sourceNamed(source)
      if (id === undefined || this.#done.has(value) || id === value) return []
      const read = { in: 'memory', buffer: this.bufferOf(value) } as const
      const copy = { code: 'copy', result: { in: 'memory', buffer: id }, operands: [read], p: 0, q: 0 } as const
      const check = { code: 'check', result: null, operands: [read], p: 0, q: 0 } as const
      const elements = sizeOf(this.uses.node(id).shape)
      return [{ kernel: 'chain', elements, setup: [], operations: checked ? [check, copy] : [copy] }]
    })
  }

  #sourceNamed(name: string): number | undefined {
    return this.#sources.get(name)
  }

  /** Whether all that reads a source comes before, or in, the chain that computes its new value. */
  #canReplace(source: number, value: number): boolean {
    const chain = this.#chainOf.get(value)
    return chain !== undefined && !this.uses.wanted.has(source) && (this.#lastRead.get(source) ?? -1) <= chain
  }

  #chain(members: readonly number[], elements: number): Instruction {
    const inside = new Set(members)
    const destinations = new Map<number, Destination>()
    for (const id of members) {
      const replaces = this.#inPlace.get(id) ?? null
      const outside = this.#readers(id).some((user) => !inside.has(user)) || this.#asked(id)
      if (!outside && replaces === null) continue
      destinations.set(id, { buffer: replaces ?? id, replaces, checked: replaces !== null && this.#checked.has(id) })
      if (replaces !== null) this.#done.add(id)
    }
    return chainOf(members, elements, this.uses, destinations)
  }

  /** Nodes that read a node's values, reshapes seen through. */
  #readers(id: number): number[] {
    return this.uses.of(id).flatMap((user) => (this.uses.node(user).op === 'reshape' ? this.#readers(user) : [user]))
  }

  /** Whether a node, or a reshape of it, is wanted. */
  #asked(id: number): boolean {
    return this.#wantedRoots.has(id)
  }

  #matmul({ matmul, bias, relu, mask, result }: FusedMatmul): Instruction {
    const [left = -1, right = -1] = matmul.inputs
    const transposeA = booleanAttribute(matmul.attributes, 'transposeA')
    const transposeB = booleanAttribute(matmul.attributes, 'transposeB')
    const [rows = 0, columns = 0] = matmul.shape
    const inner = this.uses.node(left).shape[transposeA ? 0 : 1] ?? 0
    const buffer = (id: number | null) => (id === null ? null : this.bufferOf(id))
    const [a, b] = [this.bufferOf(left), this.bufferOf(right)]
    return {
      kernel: 'matmul',
      result,
      a,
      b,
      rows,
      inner,
      columns,
      transposeA,
      transposeB,
      bias: buffer(bias),
      relu,
      mask: buffer(mask)
    }
  }

  #kernel(node: IrNode): Instruction {
    const [input = -1] = node.inputs
    const from = this.uses.node(input)
    const x = this.bufferOf(input)
    const result = node.id
    switch (node.op) {
      case 'sum': {
        const over = node.attributes['axes']
        const summed = Array.isArray(over) ? over : []
        const kept = from.shape.map((size, axis) => (summed.includes(axis) ? 1 : size))
        const scale = numberAttribute(node.attributes, 'scale')
        const [, other] = node.inputs
        const factor = other === undefined ? null : this.bufferOf(other)
        const axes = mergedAxes(kept, from.shape)
        return { kernel: 'sum', result, x, factor, results: sizeOf(node.shape), scale, axes }
      }
      case 'softmax':
      case 'logSoftmax': {
        const size = from.shape.at(-1) ?? 1
        return { kernel: node.op, result, x, rows: sizeOf(from.shape) / size, size }
      }
      case 'oneHot':
        return { kernel: 'oneHot', result, x, rows: node.shape[0] ?? 0, size: node.shape[1] ?? 0 }
      default:
        throw new Error(`"${node.op}" has no kernel`)
    }
  }
}

function readsOf(item: Item, uses: Uses): readonly number[] {
  switch (item.kind) {
    case 'chain':
      return item.members.flatMap((id) => uses.node(id).inputs)
    case 'matmul':
      return [...item.fused.matmul.inputs, item.fused.bias ?? -1, item.fused.mask ?? -1].filter((id) => id >= 0)
    case 'images':
      return [...item.fused.node.inputs, item.fused.bias ?? -1, item.fused.mask ?? -1].filter((id) => id >= 0)
    case 'crossEntropy':
      return [...item.fused.softmax.inputs, item.fused.targets]
    case 'kernel':
      return item.node.inputs
  }
}
