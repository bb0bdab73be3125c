/**
 * Sums over axes that follow from other sums, so that no pass over the whole tensor is needed for them: the gradient of a
 * mean, as in normalization, is such a sum.
 *
 *   Σ f·x = f·Σx        where f does not change along the axes
 *   Σ (a ± b) = Σa ± Σb
 *   Σ (x − mean x) = 0
 */
import { numberAttribute, numbersAttribute } from '../ops/op'
import type { Shape } from '../spec'
import { sameShape, sizeOf } from '../tensor/tensor'
import type { IrBuilder, IrNode } from './ir'
import { simplified, splat } from './rules'

/** How far sums of sums are looked into. */
const DEPTH = 4

/**
 * The node of Σ x over `axes`, those left out, by the rules above; null where they save nothing.
 * @param x a product, sum or difference
 */
export function termSum(ir: IrBuilder, x: IrNode, axes: readonly number[]): number | null {
  return new TermSums(ir, x.shape, axes).split(x)
}

class TermSums {
  readonly #kept: Shape

  constructor(
    readonly ir: IrBuilder,
    readonly shape: Shape,
    readonly axes: readonly number[]
  ) {
    this.#kept = shape.filter((_, axis) => !axes.includes(axis))
  }

  /** Σ x, split once; what it is split into is simplified in its turn. */
  split(x: IrNode): number | null {
    if (this.#isCentered(x)) return splat(this.ir, 0, this.#kept)
    const factored = this.#factored(x)
    if (factored !== null) {
      const shape = this.#smallShape(factored.factor)
      const small = this.#apply('reshape', [factored.factor.id], { shape }, shape)
      return this.#apply('multiply', [this.#sum(factored.x), small], {}, this.#kept)
    }
    const terms = this.#terms(x)
    if (terms === null || this.#passes(terms[0], DEPTH) + this.#passes(terms[1], DEPTH) > 1) return null
    return this.#apply(x.op, [this.#sum(terms[0]), this.#sum(terms[1])], {}, this.#kept)
  }

  /** Passes over whole tensors that Σ x takes when it is split as far as it goes. */
  #passes(x: IrNode, depth: number): number {
    if (this.#known(x) !== undefined || this.#isCentered(x)) return 0
    if (depth === 0) return 1
    const factored = this.#factored(x)
    if (factored !== null) return this.#passes(factored.x, depth - 1)
    const terms = this.#terms(x)
    return terms === null ? 1 : this.#passes(terms[0], depth - 1) + this.#passes(terms[1], depth - 1)
  }

  /** The two terms of a sum or difference, neither of them repeated. */
  #terms(x: IrNode): readonly [IrNode, IrNode] | null {
    const [a, b] = x.inputs.map((id) => this.ir.node(id))
    if ((x.op !== 'add' && x.op !== 'subtract') || a === undefined || b === undefined) return null
    return sameShape(a.shape, this.shape) && sameShape(b.shape, this.shape) ? [a, b] : null
  }

  #sum(x: IrNode): number {
    return this.#apply('sum', [x.id], this.#attributes(), this.#kept)
  }

  #attributes() {
    return { axes: this.axes, keepDims: false, scale: 1 }
  }

  #apply(op: string, inputs: readonly number[], attributes: IrNode['attributes'], shape: Shape): number {
    return simplified(this.ir, { op, inputs, attributes, shape })
  }

  #known(x: IrNode): number | undefined {
    return this.ir.find('sum', [x.id], this.#attributes(), this.#kept)
  }

  /** A product with a tensor that is the same all along the axes. */
  #factored(x: IrNode): { readonly x: IrNode; readonly factor: IrNode } | null {
    const [a, b] = x.inputs.map((id) => this.ir.node(id))
    if (x.op !== 'multiply' || a === undefined || b === undefined) return null
    if (sameShape(a.shape, this.shape) && this.#isConstant(b)) return { x: a, factor: b }
    if (sameShape(b.shape, this.shape) && this.#isConstant(a)) return { x: b, factor: a }
    return null
  }

  #isConstant(factor: IrNode): boolean {
    const rank = this.shape.length
    const at = (axis: number) => factor.shape[axis - rank + factor.shape.length] ?? 1
    return sizeOf(factor.shape) < sizeOf(this.shape) && this.axes.every((axis) => at(axis) === 1)
  }

  /** A factor's shape without the axes that are summed over. */
  #smallShape({ shape }: IrNode): Shape {
    const padded = [...new Array<number>(this.shape.length - shape.length).fill(1), ...shape]
    return padded.filter((_, axis) => !this.axes.includes(axis))
  }

  #isCentered(x: IrNode): boolean {
    const [a, b] = x.inputs.map((id) => this.ir.node(id))
    if (x.op !== 'subtract' || a === undefined || b === undefined) return false
    const mean = b.op === 'reshape' ? this.ir.node(b.inputs[0] ?? -1) : b
    if (mean.op !== 'sum' || mean.inputs[0] !== a.id || !sameShape(a.shape, this.shape)) return false
    const axes = numbersAttribute(mean.attributes, 'axes')
    const count = sizeOf(this.shape) / sizeOf(this.#kept)
    const isMean = Math.abs(numberAttribute(mean.attributes, 'scale') * count - 1) < 1e-12
    return isMean && axes.length === this.axes.length && axes.every((axis, i) => axis === this.axes[i])
  }
}
