/** The order of instructions, with element-wise nodes gathered into chains. */
import { isSource } from '../graph/graph'
import { sizeOf } from '../tensor/tensor'
import { elementwise } from './chain-table'
import { fuseCrossEntropy, fuseMatmul, type FusedCrossEntropy, type FusedMatmul, type Uses } from './fuse'
import { imageOpNamed } from './image-ops'
import { fuseImages, type FusedImages } from './images'
import type { IrNode } from './ir'

export type Item =
  | { readonly kind: 'chain'; readonly elements: number; readonly members: number[] }
  | { readonly kind: 'matmul'; readonly fused: FusedMatmul }
  | { readonly kind: 'images'; readonly fused: FusedImages }
  | { readonly kind: 'crossEntropy'; readonly fused: FusedCrossEntropy }
  | { readonly kind: 'kernel'; readonly node: IrNode }

/** What is computed, in order. Chains that were merged into later ones are left empty. */
export function group(uses: Uses): readonly Item[] {
  const grouping = new Grouping(uses)
  const entropies = uses.nodes.flatMap((node) => (node.op === 'softmax' ? (fuseCrossEntropy(node, uses) ?? []) : []))
  const matmuls = uses.nodes.flatMap((node) => (node.op === 'matmul' ? fuseMatmul(node, uses) : []))
  const images = uses.nodes.flatMap((node) => (imageOpNamed(node.op) !== null ? fuseImages(node, uses) : []))
  const absorbed = new Set([...entropies, ...matmuls, ...images].flatMap((fused) => fused.absorbed))
  const entropyAt = new Map(entropies.map((fused) => [fused.softmax.id, fused]))
  const matmulAt = new Map(matmuls.map((fused) => [fused.result, fused]))
  const imagesAt = new Map(images.map((fused) => [fused.result, fused]))
  for (const { chosen, gradient } of entropies) for (const id of [chosen, gradient]) if (id !== null) absorbed.add(id)
  for (const node of uses.nodes) {
    const entropy = entropyAt.get(node.id)
    const matmul = matmulAt.get(node.id)
    const image = imagesAt.get(node.id)
    if (absorbed.has(node.id) || isFree(node)) continue
    if (entropy !== undefined) {
      const results = [node.id, entropy.chosen, entropy.gradient].filter((id) => id !== null)
      grouping.append({ kind: 'crossEntropy', fused: entropy }, [...node.inputs, entropy.targets], results)
    } else if (matmul !== undefined) {
      const extra = [matmul.bias, matmul.mask].filter((id) => id !== null)
      grouping.append({ kind: 'matmul', fused: matmul }, [...matmul.matmul.inputs, ...extra], [node.id])
    } else if (image !== undefined) {
      const extra = [image.bias, image.mask].filter((id) => id !== null)
      grouping.append({ kind: 'images', fused: image }, [...image.node.inputs, ...extra], [node.id])
    } else if (elementwise.has(node.op)) grouping.appendElementwise(node)
    else grouping.append({ kind: 'kernel', node }, node.inputs, [node.id])
  }
  return grouping.items
}

function isFree(node: IrNode): boolean {
  return isSource(node) || node.op === 'constant' || node.op === 'splat' || node.op === 'reshape'
}

class Grouping {
  readonly items: Item[] = []
  /** By node, the item that computes it; none for sources. */
  readonly #itemOf = new Map<number, number>()
  /** By item, the nodes that it reads, reshapes seen through. */
  readonly #reads: Set<number>[] = []

  constructor(readonly uses: Uses) {}

  append(item: Item, reads: readonly number[], results: readonly number[]): void {
    this.#reads.push(new Set(reads.map((id) => rootOf(this.uses, id))))
    results.forEach((id) => this.#itemOf.set(id, this.items.length))
    this.items.push(item)
  }

  /**
   * Adds a node to the chain that computes its latest input, or to a new one at the end. Other chains among its inputs
   * then move into that chain where nothing in between reads them.
   */
  appendElementwise(node: IrNode): void {
    const elements = sizeOf(node.shape)
    const inputs = node.inputs.map((id) => rootOf(this.uses, id))
    const places = [...new Set(inputs.flatMap((id) => this.#itemOf.get(id) ?? []))].sort((a, b) => b - a)
    const [latest = -1] = places
    const last = this.items[latest]
    let target = latest
    if (last?.kind === 'chain' && last.elements === elements) {
      last.members.push(node.id)
      inputs.forEach((id) => this.#reads[target]?.add(id))
      this.#itemOf.set(node.id, target)
    } else {
      target = this.items.length
      this.append({ kind: 'chain', elements, members: [node.id] }, inputs, [node.id])
    }
    for (const place of places) if (place !== target) this.#move(place, target)
  }

  #move(from: number, to: number): void {
    const [source, target] = [this.items[from], this.items[to]]
    if (source?.kind !== 'chain' || target?.kind !== 'chain' || source.elements !== target.elements) return
    const read = this.#reads.slice(from + 1, to).some((reads) => source.members.some((id) => reads.has(id)))
    if (read) return
    for (const id of source.members) this.#itemOf.set(id, to)
    this.#reads[from]?.forEach((id) => this.#reads[to]?.add(id))
    this.#reads[from]?.clear()
    target.members.push(...source.members)
    target.members.sort((a, b) => a - b)
    source.members.length = 0
  }
}

/** The node whose values a reshape shows. */
export function rootOf(uses: Uses, id: number): number {
  const node = uses.node(id)
  const [input] = node.inputs
  return node.op === 'reshape' && input !== undefined ? rootOf(uses, input) : id
}
