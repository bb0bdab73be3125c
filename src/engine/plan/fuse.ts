/** Fusions around kernels: what follows a matrix product, and all that cross-entropy makes of its logits. */
import { numberAttribute } from '../ops/op'
import { sameShape, sizeOf } from '../tensor/tensor'
import type { IrNode } from './ir'

/** Who reads what, in a plan's nodes. */
export class Uses {
  readonly #users: readonly number[][]

  constructor(
    readonly nodes: readonly IrNode[],
    readonly wanted: ReadonlySet<number>
  ) {
    const users = nodes.map((): number[] => [])
    nodes.forEach(({ id, inputs }) => inputs.forEach((input) => users[input]?.push(id)))
    this.#users = users
  }

  of(id: number): readonly number[] {
    return this.#users[id] ?? []
  }

  node(id: number): IrNode {
    const node = this.nodes[id]
    if (node === undefined) throw new Error(`The plan has no node ${id}`)
    return node
  }

  /** The one node that reads this one, or undefined when there are others, or it is asked for itself. */
  sole(id: number): IrNode | undefined {
    const [user, ...others] = this.of(id)
    return user === undefined || others.length > 0 || this.wanted.has(id) ? undefined : this.node(user)
  }
}

export interface FusedMatmul {
  readonly matmul: IrNode
  readonly bias: number | null
  readonly relu: boolean
  readonly mask: number | null
  /** The node whose values come out, and those that vanish on the way. */
  readonly result: number
  readonly absorbed: readonly number[]
}

/** matmul, then + bias, then relu; or matmul, then 0 where another tensor is not above 0. */
export function fuseMatmul(matmul: IrNode, uses: Uses): FusedMatmul {
  const alone = { matmul, bias: null, relu: false, mask: null, result: matmul.id, absorbed: [] }
  const user = uses.sole(matmul.id)
  if (user === undefined || !sameShape(user.shape, matmul.shape)) return alone
  if (user.op === 'relu') return { ...alone, relu: true, result: user.id, absorbed: [matmul.id] }
  const [first, second] = user.inputs
  if (user.op === 'mask' && second === matmul.id && first !== undefined && isTensor(uses.node(first)))
    return { ...alone, mask: first, result: user.id, absorbed: [matmul.id] }
  const other = first === matmul.id ? second : first
  if (user.op !== 'add' || other === undefined || other === matmul.id) return alone
  const bias = uses.node(other)
  const columns = matmul.shape[1] ?? 0
  if (!isTensor(bias) || sizeOf(bias.shape) !== columns || bias.shape.at(-1) !== columns) return alone
  const after = uses.sole(user.id)
  if (after?.op !== 'relu') return { ...alone, bias: other, result: user.id, absorbed: [matmul.id] }
  return { ...alone, bias: other, relu: true, result: after.id, absorbed: [matmul.id, user.id] }
}

/** Splats stand nowhere in memory. */
function isTensor(node: IrNode): boolean {
  return node.op !== 'splat'
}

export interface FusedCrossEntropy {
  readonly softmax: IrNode
  readonly targets: number
  /** Σ 1[k = t] · log p, for each row. */
  readonly chosen: number | null
  readonly gradient: number | null
  readonly scale: number
  readonly absorbed: readonly number[]
}

/**
 * softmax(x) beside Σ oneHot(t) · logSoftmax(x) over each row, and c · oneHot(t) − c · softmax(x), which is what remains of
 * the gradient of c · that sum.
 */
export function fuseCrossEntropy(softmax: IrNode, uses: Uses): FusedCrossEntropy | null {
  const [x] = softmax.inputs
  if (x === undefined || softmax.shape.length !== 2) return null
  const logs = uses.of(x).map((id) => uses.node(id))
  const log = logs.find(({ op }) => op === 'logSoftmax')
  const product = log === undefined ? undefined : uses.sole(log.id)
  const total = product === undefined ? undefined : uses.sole(product.id)
  if (log === undefined || product?.op !== 'multiply' || total?.op !== 'sum') return null
  const axes = total.attributes['axes']
  const overRow = Array.isArray(axes) && axes.length === 1 && axes[0] === 1 && total.attributes['scale'] === 1
  const oneHot = product.inputs.map((id) => uses.node(id)).find(({ op }) => op === 'oneHot')
  const [targets] = oneHot?.inputs ?? []
  // The targets must be there before the softmax is computed, as sources are.
  if (!overRow || oneHot === undefined || targets === undefined || uses.node(targets).inputs.length > 0) return null
  if (!sameShape(oneHot.shape, softmax.shape) || uses.wanted.has(oneHot.id)) return null
  const found = { softmax, targets, chosen: total.id, gradient: null, scale: 0, absorbed: [log.id, product.id] }
  const others = uses.of(oneHot.id).filter((id) => id !== product.id)
  const [scaled, ...more] = others.map((id) => uses.node(id))
  if (scaled === undefined) return { ...found, absorbed: [...found.absorbed, oneHot.id] }
  const gradient = uses.sole(scaled.id)
  const share = uses.node(gradient?.inputs[1] ?? scaled.id)
  const scale = scaled.op === 'affine' ? numberAttribute(scaled.attributes, 'scale') : NaN
  const matches =
    more.length === 0 &&
    gradient?.op === 'subtract' &&
    gradient.inputs[0] === scaled.id &&
    scaled.attributes['offset'] === 0 &&
    share.op === 'affine' &&
    share.inputs[0] === softmax.id &&
    share.attributes['scale'] === scale &&
    share.attributes['offset'] === 0 &&
    uses.sole(share.id) === gradient
  if (!matches) return found
  const absorbed = [...found.absorbed, oneHot.id, scaled.id, share.id]
  return { ...found, gradient: gradient.id, scale, absorbed }
}
