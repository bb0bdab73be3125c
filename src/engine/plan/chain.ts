/** From element-wise nodes to the operations of one chain: operands repeated, neighbours fused, registers assigned. */
import { numberAttribute } from '../ops/op'
import { sizeOf } from '../tensor/tensor'
import { repetition } from './broadcast'
import { elementwise, type ChainCode } from './chain-table'
import type { Uses } from './fuse'
import { rootOf } from './group'
import type { BufferId, Chain, ChainOperation, Place } from './instructions'
import type { IrNode } from './ir'

/** Numbers in a block, as in src/engine/kernels/chain.ts. */
export const BLOCK = 512

/** Where a member's value goes besides the registers. */
export interface Destination {
  readonly buffer: BufferId
  /** The node whose old values stand there until then. */
  readonly replaces: number | null
  /** Whether a NaN or an infinity in it ends the step. */
  readonly checked: boolean
}

/** A value within the chain: in memory from the start, or the result of an operation. */
type Value = { readonly memory: BufferId } | { readonly operation: number }

interface Draft {
  readonly code: ChainCode
  readonly operands: readonly Value[]
  readonly p: number
  readonly q: number
  readonly axes?: ChainOperation['axes']
  readonly setup: boolean
  destination: BufferId | null
}

/** @param destinations of the members whose values are read outside the chain */
export function chainOf(
  members: readonly number[],
  elements: number,
  uses: Uses,
  destinations: ReadonlyMap<number, Destination>
): Chain {
  const drafting = new Drafting(members, elements, uses, destinations)
  for (const id of members) drafting.member(uses.node(id))
  return assignRegisters(drafting.finished(), elements)
}

class Drafting {
  readonly #drafts: Draft[] = []
  readonly #values = new Map<number, Value>()
  readonly #repeated = new Map<string, Value>()
  readonly #members: ReadonlySet<number>
  readonly #inlined = new Set<number>()

  constructor(
    members: readonly number[],
    readonly elements: number,
    readonly uses: Uses,
    readonly destinations: ReadonlyMap<number, Destination>
  ) {
    this.#members = new Set(members)
    for (const id of members) {
      const inlined = this.#inlineable(uses.node(id))
      if (inlined !== null) this.#inlined.add(inlined.id)
    }
  }

  member(node: IrNode): void {
    if (this.#inlined.has(node.id)) return
    const code = elementwise.get(node.op)
    if (code === undefined) throw new Error(`"${node.op}" is not element-wise`)
    const inner = this.#inlineable(node)
    const value = inner === null ? this.#plain(node, code) : this.#fused(node, inner)
    this.#values.set(node.id, value)
  }

  /** Stores and checks what is asked for. */
  finished(): readonly Draft[] {
    for (const [id, { buffer, replaces, checked }] of this.destinations) {
      let value = this.#values.get(id)
      if (value === undefined) continue
      const made = 'operation' in value ? value.operation : -1
      // What reads the old values must come before they are replaced.
      const late = this.#drafts.some(({ operands }, i) => i > made && operands.some((each) => isIn(each, replaces)))
      const draft = this.#drafts[made]
      if (late || draft === undefined || draft.destination !== null || draft.setup) {
        value = this.#push({ code: 'copy', operands: [value] })
      }
      const stored = this.#drafts['operation' in value ? value.operation : -1]
      if (stored !== undefined) stored.destination = buffer
      if (checked) this.#push({ code: 'check', operands: [value] })
    }
    return this.#drafts
  }

  #plain(node: IrNode, code: ChainCode): Value {
    const operands = node.inputs.map((input) => this.#operand(input, node))
    const [repeated] = operands
    if (node.op === 'broadcastTo' && repeated !== undefined) return repeated
    if (code !== 'affine') return this.#push({ code, operands })
    const { attributes } = node
    return this.#push({
      code,
      operands,
      p: numberAttribute(attributes, 'scale'),
      q: numberAttribute(attributes, 'offset')
    })
  }

  /** A sum or difference with a product as one operation. */
  #fused(node: IrNode, inner: IrNode): Value {
    const other = node.inputs.find((input) => input !== inner.id)
    const rest =
      other === undefined ? this.#constant(numberAttribute(node.attributes, 'offset')) : this.#operand(other, node)
    const factors = inner.inputs.map((input) => this.#operand(input, inner))
    if (inner.op === 'affine') {
      const scale = numberAttribute(inner.attributes, 'scale')
      return this.#push({ code: 'scaledAdd', operands: [...factors, rest], p: node.op === 'add' ? scale : -scale })
    }
    return this.#push({ code: node.op === 'subtract' ? 'multiplyFrom' : 'multiplyAdd', operands: [...factors, rest] })
  }

  /** The product that a sum or difference can take in: read by nothing else. */
  #inlineable(node: IrNode): IrNode | null {
    const [left, right] = node.inputs
    if (node.op === 'affine' && node.attributes['scale'] === 1 && left !== undefined) {
      return this.#isProduct(left, node) && this.uses.node(left).op === 'multiply' ? this.uses.node(left) : null
    }
    if (node.op !== 'add' && node.op !== 'subtract') return null
    // a − b: only b can be the product.
    const candidates = node.op === 'add' ? [right, left] : [right]
    for (const id of candidates) {
      if (id !== undefined && left !== right && this.#isProduct(id, node)) return this.uses.node(id)
    }
    return null
  }

  #isProduct(id: number, user: IrNode): boolean {
    if (!this.#members.has(id) || this.destinations.has(id)) return false
    const inner = this.uses.node(id)
    const product = inner.op === 'multiply' || (inner.op === 'affine' && inner.attributes['offset'] === 0)
    return product && this.uses.sole(id) === user && sizeOf(inner.shape) === this.elements
  }

  #constant(value: number): Value {
    return this.#once(`constant ${String(value)}`, { code: 'constant', operands: [], p: value, setup: true })
  }

  #operand(id: number, user: IrNode): Value {
    const node = this.uses.node(id)
    if (node.op === 'splat') return this.#constant(numberAttribute(node.attributes, 'value'))
    const root = rootOf(this.uses, id)
    const value = this.#values.get(root) ?? { memory: root }
    if (sizeOf(node.shape) === sizeOf(user.shape)) return value
    const how = repetition(node.shape, user.shape)
    return this.#once(`${root} ${JSON.stringify(how)}`, {
      code: how.code,
      operands: [value],
      p: 'p' in how ? how.p : 0,
      q: 'q' in how ? how.q : 0,
      setup: how.code === 'splat' || (how.code === 'periodic' && BLOCK % how.p === 0),
      ...(how.code === 'indexed' ? { axes: how.axes } : {})
    })
  }

  #once(key: string, draft: Partial<Draft> & Pick<Draft, 'code' | 'operands'>): Value {
    const known = this.#repeated.get(key) ?? this.#push(draft)
    this.#repeated.set(key, known)
    return known
  }

  #push(draft: Partial<Draft> & Pick<Draft, 'code' | 'operands'>): Value {
    this.#drafts.push({ p: 0, q: 0, setup: false, destination: null, ...draft })
    return { operation: this.#drafts.length - 1 }
  }
}

function isIn(value: Value, buffer: number | null): boolean {
  return 'memory' in value && value.memory === buffer
}

/** Registers by first come, first served; each is free again after its last reader. Setup registers stay. */
function assignRegisters(drafts: readonly Draft[], elements: number): Chain {
  const lastRead = new Map<number, number>()
  drafts.forEach(({ operands }, i) =>
    operands.forEach((value) => 'operation' in value && lastRead.set(value.operation, i))
  )
  const order = [...drafts.keys()].sort((a, b) => Number(drafts[b]?.setup) - Number(drafts[a]?.setup) || a - b)
  const places = new Map<number, Place>()
  const free: number[] = []
  let registers = 0
  const placeOf = (value: Value): Place => {
    if ('memory' in value) return { in: 'memory', buffer: value.memory }
    const place = places.get(value.operation)
    if (place === undefined) throw new Error('A chain reads a value before it is computed')
    return place
  }
  const setup: ChainOperation[] = []
  const operations: ChainOperation[] = []
  for (const index of order) {
    const draft = drafts[index]
    if (draft === undefined) continue
    const { code, p, q, axes, destination } = draft
    const operands = draft.operands.map(placeOf)
    let result: Place | null = null
    if (destination !== null) result = { in: 'memory', buffer: destination }
    else if (code !== 'check') result = { in: 'register', register: free.pop() ?? registers++ }
    if (result !== null) places.set(index, result)
    // Only now, so that no operation writes the register it reads.
    draft.operands.forEach((value) => {
      if (!('operation' in value) || lastRead.get(value.operation) !== index) return
      const place = places.get(value.operation)
      if (place?.in === 'register' && drafts[value.operation]?.setup === false && !free.includes(place.register))
        free.push(place.register)
    })
    const operation = { code, result, operands, p, q, ...(axes === undefined ? {} : { axes }) }
    if (draft.setup) setup.push(operation)
    else operations.push(operation)
  }
  return { kernel: 'chain', elements, setup, operations }
}
