/**
 * Simplifications: each rule sees one computation that is about to be added and may name a cheaper node instead. They
 * hold for real numbers; what they change in float32 is the rounding, and that NaN · 0 may become 0.
 */
import { numberAttribute, numbersAttribute } from '../ops/op'
import type { Attributes } from '../graph/graph'
import type { Shape } from '../spec'
import { sameShape, sizeOf } from '../tensor/tensor'
import type { IrBuilder, IrNode } from './ir'
import { termSum } from './term-sums'

/** One computation, its inputs simplified already. */
export interface Computation {
  readonly op: string
  readonly inputs: readonly number[]
  readonly attributes: Attributes
  readonly shape: Shape
}

/** The node that stands for the computation, or null when the rule has nothing to say. */
type Rule = (ir: IrBuilder, computation: Computation, operands: readonly IrNode[]) => number | null

/** Adds a computation in its simplest form. */
export function simplified(ir: IrBuilder, computation: Computation): number {
  const operands = computation.inputs.map((input) => ir.node(input))
  for (const rule of rules.get(computation.op) ?? []) {
    const result = rule(ir, computation, operands)
    if (result !== null) return result
  }
  return ir.add(computation.op, computation.inputs, computation.attributes, computation.shape)
}

export function splat(ir: IrBuilder, value: number, shape: Shape): number {
  return ir.add('splat', [], { value }, shape)
}

function affine(ir: IrBuilder, x: number, scale: number, offset: number, shape: Shape): number {
  return simplified(ir, { op: 'affine', inputs: [x], attributes: { scale, offset }, shape })
}

function splatValue(node: IrNode | undefined): number | null {
  return node?.op === 'splat' ? numberAttribute(node.attributes, 'value') : null
}

const affineOfSplat: Rule = (ir, { attributes, shape }, [x]) => {
  const value = splatValue(x)
  if (value === null) return null
  return splat(ir, numberAttribute(attributes, 'scale') * value + numberAttribute(attributes, 'offset'), shape)
}

const affineOfNothing: Rule = (_ir, { attributes, inputs: [x] }) =>
  numberAttribute(attributes, 'scale') === 1 && numberAttribute(attributes, 'offset') === 0 ? (x ?? null) : null

/** s·(t·x + u) + v = (s·t)·x + (s·u + v) */
const affineOfAffine: Rule = (ir, { attributes, shape }, [x]) => {
  const [inner] = x?.inputs ?? []
  if (x?.op !== 'affine' || inner === undefined) return null
  const scale = numberAttribute(attributes, 'scale')
  const offset = scale * numberAttribute(x.attributes, 'offset') + numberAttribute(attributes, 'offset')
  return affine(ir, inner, scale * numberAttribute(x.attributes, 'scale'), offset, shape)
}

/** 0·x + v: the same number everywhere. */
const affineOfScale0: Rule = (ir, { attributes, shape }) =>
  numberAttribute(attributes, 'scale') === 0 ? splat(ir, numberAttribute(attributes, 'offset'), shape) : null

/** A smaller tensor is computed with before it is repeated. */
const affineOfRepeat: Rule = (ir, { attributes, shape }, [x]) => {
  const small = x?.op === 'broadcastTo' ? ir.node(x.inputs[0] ?? -1) : null
  if (small === null) return null
  const scaled = simplified(ir, { op: 'affine', inputs: [small.id], attributes, shape: small.shape })
  return simplified(ir, { op: 'broadcastTo', inputs: [scaled], attributes: { shape }, shape })
}

/** s·Σx, where that is one number, is a sum with another scale. */
const affineOfSum: Rule = (ir, { attributes }, [x]) => {
  if (x?.op !== 'sum' || sizeOf(x.shape) !== 1 || numberAttribute(attributes, 'offset') !== 0) return null
  const scale = numberAttribute(attributes, 'scale') * numberAttribute(x.attributes, 'scale')
  return ir.add('sum', x.inputs, { ...x.attributes, scale }, x.shape)
}

/** The same number everywhere, under another shape. */
const viewOfSplat: Rule = (ir, { shape }, [x]) => {
  const value = splatValue(x)
  return value === null ? null : splat(ir, value, shape)
}

const viewOfSameShape: Rule = (_ir, { shape }, [x]) => (x !== undefined && sameShape(x.shape, shape) ? x.id : null)

const reshapeOfReshape: Rule = (ir, { attributes, shape }, [x]) =>
  x?.op === 'reshape' ? simplified(ir, { op: 'reshape', inputs: x.inputs, attributes, shape }) : null

/** An operation with one number everywhere is affine in the other operand, if that has the result's shape. */
function withSplat(byLeft: (c: number) => Line | null, byRight: (c: number) => Line | null): Rule {
  return (ir, { shape }, [a, b]) => {
    const [left, right] = [splatValue(a), splatValue(b)]
    if (a === undefined || b === undefined) return null
    const [line, x] = right !== null ? [byRight(right), a] : left !== null ? [byLeft(left), b] : [null, a]
    return line === null || !sameShape(x.shape, shape) ? null : affine(ir, x.id, line.scale, line.offset, shape)
  }
}

interface Line {
  readonly scale: number
  readonly offset: number
}

const addedTo = (c: number): Line => ({ scale: 1, offset: c })
const scaledBy = (c: number): Line => ({ scale: c, offset: 0 })

/** An operand is repeated anyway where the other one has the result's shape. */
const operandOfRepeat: Rule = (ir, { op, attributes, shape }, [a, b]) => {
  const [left, right] = [a, b].map((x) => (x?.op === 'broadcastTo' ? x.inputs[0] : undefined))
  if (a === undefined || b === undefined) return null
  if (right !== undefined && sameShape(a.shape, shape)) {
    return simplified(ir, { op, inputs: [a.id, right], attributes, shape })
  }
  if (left === undefined || !sameShape(b.shape, shape)) return null
  return simplified(ir, { op, inputs: [left, b.id], attributes, shape })
}

/** (s·x) · y = x · (s·y): a factor is taken into the smaller tensor. */
const factorToSmaller: Rule = (ir, { shape }, [a, b]) => {
  if (a === undefined || b === undefined) return null
  const [x, y] = sizeOf(a.shape) > sizeOf(b.shape) ? [a, b] : [b, a]
  const [inner] = x.inputs
  if (x.op !== 'affine' || x.attributes['offset'] !== 0 || inner === undefined) return null
  if (sizeOf(y.shape) >= sizeOf(x.shape)) return null
  const scaled = affine(ir, y.id, numberAttribute(x.attributes, 'scale'), 0, y.shape)
  return simplified(ir, { op: 'multiply', inputs: [inner, scaled], attributes: {}, shape })
}

const squareOfSame: Rule = (ir, { shape }, [a, b]) =>
  a !== undefined && a === b ? ir.add('square', [a.id], {}, shape) : null

/** step(x) · g is g where x > 0. */
const maskByStep: Rule = (ir, { shape }, [a, b]) => {
  const [step, g] = a?.op === 'step' ? [a, b] : [b, a]
  const [x] = step?.inputs ?? []
  if (step?.op !== 'step' || g === undefined || x === undefined) return null
  return sameShape(step.shape, shape) && sameShape(g.shape, shape) ? masked(ir, ir.node(x), g) : null
}

/** g where x > 0. The largest of a window is above 0 where what the window was pooled to is, which is known and smaller. */
function masked(ir: IrBuilder, x: IrNode, g: IrNode): number {
  const [images, upstream] = g.inputs.map((id) => ir.node(id))
  if (g.op === 'maxPool2dGradient' && images === x && upstream !== undefined) {
    const pooled = ir.find('maxPool2d', [x.id], g.attributes, upstream.shape)
    if (pooled !== undefined) {
      const given = maskedView(ir, pooled, upstream)
      return ir.add('maxPool2dGradient', [x.id, given], g.attributes, g.shape)
    }
  }
  return ir.add('mask', [x.id, g.id], {}, g.shape)
}

/** Under the shape in which g is computed, so that whatever computes it can mask it. */
function maskedView(ir: IrBuilder, x: number, g: IrNode): number {
  const [inner] = g.inputs.map((id) => ir.node(id))
  if (g.op !== 'reshape' || inner === undefined) return masked(ir, ir.node(x), g)
  const reshaped = (id: number, shape: Shape) =>
    simplified(ir, { op: 'reshape', inputs: [id], attributes: { shape }, shape })
  return reshaped(masked(ir, ir.node(reshaped(x, inner.shape)), inner), g.shape)
}

/** relu(x) > 0 exactly where x > 0, so that x itself need not be kept for the way back. */
const stepOfRelu: Rule = (ir, { shape }, [x]) => {
  if (x === undefined) return null
  const relu = ir.find('relu', [x.id], {}, x.shape)
  return relu === undefined ? null : ir.add('step', [relu], {}, shape)
}

const expOfLogSoftmax: Rule = (ir, { shape }, [x]) =>
  x?.op === 'logSoftmax' ? ir.add('softmax', x.inputs, {}, shape) : null

const meanIsSum: Rule = (ir, { inputs, attributes, shape }, [x]) => {
  const scale = sizeOf(shape) / sizeOf(x?.shape ?? [])
  return simplified(ir, { op: 'sum', inputs, attributes: { ...attributes, scale }, shape })
}

const sumHasScale: Rule = (ir, { inputs, attributes, shape }) =>
  'scale' in attributes ? null : simplified(ir, { op: 'sum', inputs, attributes: { ...attributes, scale: 1 }, shape })

const sumOfSplat: Rule = (ir, { attributes, shape }, [x]) => {
  const value = splatValue(x)
  if (value === null || x === undefined) return null
  return splat(ir, numberAttribute(attributes, 'scale') * value * (sizeOf(x.shape) / sizeOf(shape)), shape)
}

/** Sums have no axes of size 1 to keep: a reshape adds them. */
const sumDropsAxes: Rule = (ir, { inputs, attributes, shape }, [x]) => {
  if (attributes['keepDims'] !== true || x === undefined) return null
  const axes = numbersAttribute(attributes, 'axes')
  const kept = x.shape.filter((_, axis) => !axes.includes(axis))
  const sum = simplified(ir, { op: 'sum', inputs, attributes: { ...attributes, keepDims: false }, shape: kept })
  return simplified(ir, { op: 'reshape', inputs: [sum], attributes: { shape }, shape })
}

/** Over axes of size 1 there is nothing to add up. */
const sumOfOne: Rule = (ir, { attributes, shape }, [x]) => {
  if (x === undefined || sizeOf(x.shape) !== sizeOf(shape)) return null
  const scaled = affine(ir, x.id, numberAttribute(attributes, 'scale'), 0, x.shape)
  return simplified(ir, { op: 'reshape', inputs: [scaled], attributes: { shape }, shape })
}

/** Σ s·x = s·Σx */
const sumOfScaled: Rule = (ir, { attributes, shape }, [x]) => {
  const [inner] = x?.inputs ?? []
  if (x?.op !== 'affine' || x.attributes['offset'] !== 0 || inner === undefined) return null
  const scale = numberAttribute(attributes, 'scale') * numberAttribute(x.attributes, 'scale')
  return simplified(ir, { op: 'sum', inputs: [inner], attributes: { ...attributes, scale }, shape })
}

/** Σ of products, sums and differences of tensors of which some sums are known already; see term-sums.ts. */
const sumOfTerms: Rule = (ir, { attributes, shape }, [x]) => {
  const scale = numberAttribute(attributes, 'scale')
  if (x === undefined || (x.op !== 'multiply' && x.op !== 'add' && x.op !== 'subtract')) return null
  const axes = numbersAttribute(attributes, 'axes')
  const sum = termSum(ir, x, axes)
  return sum === null ? null : affine(ir, sum, scale, 0, shape)
}

/** What each output of pooling was given goes to one place of its plane. */
const sumOfUnpooled: Rule = (ir, { attributes, shape }, [x]) => {
  const given = x?.op === 'maxPool2dGradient' ? x.inputs[1] : undefined
  const axes = numbersAttribute(attributes, 'axes')
  if (given === undefined || !axes.includes(2) || !axes.includes(3)) return null
  return simplified(ir, { op: 'sum', inputs: [given], attributes, shape })
}

/** Each row of a one-hot holds a single 1: targets are checked before training. */
const sumOfOneHot: Rule = (ir, { attributes, shape }, [x]) => {
  const [inner] = x?.op === 'affine' && x.attributes['offset'] === 0 ? x.inputs : []
  const rows = inner === undefined ? x : ir.node(inner)
  if (rows?.op !== 'oneHot' || x === undefined) return null
  const axes = numbersAttribute(attributes, 'axes')
  if (axes.length !== 1 || axes[0] !== 1) return null
  const value = rows === x ? 1 : numberAttribute(x.attributes, 'scale')
  return splat(ir, numberAttribute(attributes, 'scale') * value, shape)
}

const rules: ReadonlyMap<string, readonly Rule[]> = new Map<string, readonly Rule[]>([
  ['affine', [affineOfSplat, affineOfScale0, affineOfNothing, affineOfAffine, affineOfSum, affineOfRepeat]],
  ['reshape', [viewOfSplat, viewOfSameShape, reshapeOfReshape]],
  ['broadcastTo', [viewOfSplat, viewOfSameShape]],
  ['add', [withSplat(addedTo, addedTo), operandOfRepeat]],
  [
    'subtract',
    [
      withSplat(
        (c) => ({ scale: -1, offset: c }),
        (c) => ({ scale: 1, offset: -c })
      ),
      operandOfRepeat
    ]
  ],
  ['multiply', [withSplat(scaledBy, scaledBy), operandOfRepeat, factorToSmaller, squareOfSame, maskByStep]],
  [
    'divide',
    [
      withSplat(
        () => null,
        (c) => (c === 0 ? null : { scale: 1 / c, offset: 0 })
      ),
      operandOfRepeat
    ]
  ],
  ['step', [stepOfRelu]],
  ['exp', [expOfLogSoftmax]],
  ['mean', [meanIsSum]],
  ['sum', [sumHasScale, sumDropsAxes, sumOfSplat, sumOfOne, sumOfOneHot, sumOfScaled, sumOfUnpooled, sumOfTerms]]
])
