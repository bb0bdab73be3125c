/**
 * One small rule for each primitive that a network's answer is computed with: primitive → ONNX. Values are float32.
 *
 * Operators have in the opset of model.ts the meaning that the primitives have; what differs is said at the rule. Graphs are
 * made for `BATCH` rows and files run with any number of them, so a rule writes no size that is a multiple of it.
 */
import type { GraphNode, Shape } from '../../engine'
import type { AttributeValue, OnnxBuilder } from './builder'
import { dataType } from './proto'

/**
 * Rows of the graphs that rules see: a prime larger than any size that people can choose, so that a size tells whether it
 * grows with the batch. Sizes of whole tensors stay exact in float64.
 */
export const BATCH = 100_000_007

/** What a rule is given: the node, the ONNX names and the shapes of its inputs, and a hint for the name of its output. */
export interface RuleContext {
  readonly builder: OnnxBuilder
  readonly node: GraphNode
  readonly inputs: readonly string[]
  readonly shapes: readonly Shape[]
  readonly hint: string
  /** ONNX name of the number of rows, int64 [1]. */
  rows(): string
}

/** Adds the node's value, or says in words why ONNX cannot have it. */
export type Rule = (context: RuleContext) => string

/** Why a rule cannot express a node; the walk names the primitive and the layer. */
export class NoRule extends Error {}

/** An operator on all inputs of the node. */
function operator({ builder, inputs, hint }: RuleContext, name: string, attributes: readonly Attribute[] = []): string {
  return builder.node(name, inputs, { attributes, hint })
}

type Attribute = readonly [name: string, value: AttributeValue]

/** An operator that takes the same inputs and needs no attributes. */
function same(name: string): Rule {
  return (context) => operator(context, name)
}

/** Whether a size grows with the batch. */
function grows(size: number): boolean {
  return size % BATCH === 0 && size > 0
}

function numbers({ node }: RuleContext, key: string): readonly number[] {
  const value = node.attributes[key]
  if (typeof value !== 'object') throw new Error(`${node.op} has no list of numbers "${key}"`)
  return value
}

/** scale · x + offset, each only where it does something. */
function affine({ builder, node, inputs: [x = ''], hint }: RuleContext): string {
  const scale = Number(node.attributes['scale'])
  const offset = Number(node.attributes['offset'])
  const scaled = scale === 1 ? x : builder.node('Mul', [x, builder.float32(`${hint}.scale`, [], [scale])], { hint })
  return offset === 0
    ? scaled
    : builder.node('Add', [scaled, builder.float32(`${hint}.offset`, [], [offset])], { hint })
}

/** Gemm, because MatMul cannot read a weight [out, in] as its transpose. */
function matmul(context: RuleContext): string {
  const { attributes } = context.node
  return operator(context, 'Gemm', [
    ['transA', attributes['transposeA'] === true ? 1 : 0],
    ['transB', attributes['transposeB'] === true ? 1 : 0]
  ])
}

/** 1 for x > 0, else 0 */
function step({ builder, inputs: [x = ''], hint }: RuleContext): string {
  const above = builder.node('Greater', [x, builder.float32(`${hint}.zero`, [], [0])], { hint: `${hint}.above` })
  return builder.node('Cast', [above], { attributes: [['to', dataType.float]], hint })
}

/**
 * The one size that grows with the batch is 0 (as in the input) where the batch stands first in both, else −1 (what is left
 * over), which says nothing for an empty batch.
 */
function reshape({ builder, node, inputs: [x = ''], shapes: [from = []], hint }: RuleContext): string {
  const growing = node.shape.filter(grows).length
  if (growing > 1) throw new NoRule('more than one size grows with the number of rows')
  const kept = node.shape[0] === from[0]
  const sizes = node.shape.map((size, axis) => (!grows(size) ? size : axis === 0 && kept ? 0 : -1))
  return builder.node('Reshape', [x, builder.int64(`${hint}.shape`, [sizes.length], sizes)], { hint })
}

/** Expand broadcasts both ways: where the input has the size, 1 stands for it. */
function broadcastTo(context: RuleContext): string {
  const {
    builder,
    node,
    inputs: [x = ''],
    shapes: [from = []],
    hint
  } = context
  const added = node.shape.length - from.length
  const repeats = node.shape.map((size, axis) => (from[axis - added] === size ? 1 : size))
  if (!repeats.some(grows)) {
    return builder.node('Expand', [x, builder.int64(`${hint}.shape`, [repeats.length], repeats)], { hint })
  }
  if (repeats.some((size) => grows(size) && size !== BATCH)) throw new NoRule('a size is several times the rows')
  const sizes = repeats.map((size) => (grows(size) ? context.rows() : builder.int64(`${hint}.size`, [1], [size])))
  const shape = builder.node('Concat', sizes, { attributes: [['axis', 0]], hint: `${hint}.shape` })
  return builder.node('Expand', [x, shape], { hint })
}

function sum(context: RuleContext): string {
  return reduction(context, 'ReduceSum')
}

/** Reduces over axes that are an input. */
function reduction(context: RuleContext, operatorName: 'ReduceSum' | 'ReduceMean'): string {
  const {
    builder,
    node,
    inputs: [x = ''],
    hint
  } = context
  const axes = numbers(context, 'axes')
  return builder.node(operatorName, [x, builder.int64(`${hint}.axes`, [axes.length], axes)], {
    attributes: [['keepdims', node.attributes['keepDims'] === true ? 1 : 0]],
    hint
  })
}

/** ReduceMean takes its axes as an attribute before opset 18, and as an input, as ReduceSum, since then. */
function mean(context: RuleContext): string {
  if (context.builder.opset >= 18) return reduction(context, 'ReduceMean')
  return operator(context, 'ReduceMean', [
    ['axes', numbers(context, 'axes')],
    ['keepdims', context.node.attributes['keepDims'] === true ? 1 : 0]
  ])
}

/** Padding before and after each of the two axes, in ONNX's order: that of the primitives. */
function windowAttributes(context: RuleContext): Attribute[] {
  return [
    ['strides', numbers(context, 'stride')],
    ['dilations', numbers(context, 'dilation')],
    ['pads', numbers(context, 'padding')]
  ]
}

function conv2d(context: RuleContext): string {
  const [, weight = []] = context.shapes
  return operator(context, 'Conv', [
    ...windowAttributes(context),
    ['kernel_shape', weight.slice(2)],
    ['group', Number(context.node.attributes['groups'])]
  ])
}

function maxPool2d(context: RuleContext): string {
  return operator(context, 'MaxPool', [...windowAttributes(context), ['kernel_shape', numbers(context, 'kernel')]])
}

/** AveragePool takes dilations from opset 19 on. */
function avgPool2d(context: RuleContext): string {
  if (numbers(context, 'dilation').some((size) => size !== 1)) throw new NoRule('its windows are dilated')
  return operator(context, 'AveragePool', [
    ...windowAttributes(context).filter(([name]) => name !== 'dilations'),
    ['kernel_shape', numbers(context, 'kernel')],
    ['count_include_pad', context.node.attributes['countIncludePad'] === true ? 1 : 0]
  ])
}

function axisOf({ node, shapes: [shape = []] }: RuleContext): number {
  const axis = Number(node.attributes['axis'])
  if (grows(shape[axis] ?? 0)) throw new NoRule('it joins or parts rows')
  return axis
}

function slice(context: RuleContext): string {
  const {
    builder,
    node,
    inputs: [x = ''],
    hint
  } = context
  const one = (name: string, value: number) => builder.int64(`${hint}.${name}`, [1], [value])
  const axis = axisOf(context)
  const [start, end] = [Number(node.attributes['start']), Number(node.attributes['end'])]
  return builder.node('Slice', [x, one('start', start), one('end', end), one('axis', axis)], { hint })
}

function pad(context: RuleContext): string {
  const {
    builder,
    node,
    inputs: [x = ''],
    hint
  } = context
  const axis = axisOf(context)
  const on = (count: unknown) => node.shape.map((_, i) => (i === axis ? Number(count) : 0))
  const pads = [...on(node.attributes['before']), ...on(node.attributes['after'])]
  return builder.node('Pad', [x, builder.int64(`${hint}.pads`, [pads.length], pads)], { hint })
}

/**
 * Gather, for indices that are rows of the table; NaN for others, which Gather would refuse, take for another row or, being
 * no whole numbers, round.
 */
function gatherRows({
  builder,
  inputs: [table = '', indices = ''],
  shapes: [from = [], places = []],
  hint
}: RuleContext) {
  const constant = (name: string, value: number) => builder.float32(`${hint}.${name}`, [], [value])
  const zero = constant('zero', 0)
  const whole = builder.node('Equal', [indices, builder.node('Floor', [indices], { hint: `${hint}.floor` })], {
    hint: `${hint}.isWhole`
  })
  const notBelow = builder.node('GreaterOrEqual', [indices, zero], { hint: `${hint}.isNotBelow` })
  const below = builder.node('Less', [indices, constant('rows', from[0] ?? 0)], { hint: `${hint}.isBelow` })
  const within = builder.node('And', [notBelow, below], { hint: `${hint}.isWithin` })
  const isRow = builder.node('And', [whole, within], { hint: `${hint}.isRow` })
  const safe = builder.node('Where', [isRow, indices, zero], { hint: `${hint}.safe` })
  const row = builder.node('Cast', [safe], { attributes: [['to', dataType.int64]], hint: `${hint}.row` })
  const found = builder.node('Gather', [table, row], { attributes: [['axis', 0]], hint: `${hint}.found` })
  const last = builder.int64(`${hint}.last`, [1], [places.length])
  const beside = builder.node('Unsqueeze', [isRow, last], { hint: `${hint}.beside` })
  return builder.node('Where', [beside, found, constant('none', NaN)], { hint })
}

/** By primitive. Those without a rule are met while training alone; a test lists them. */
export const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['add', same('Add')],
  ['subtract', same('Sub')],
  ['multiply', same('Mul')],
  ['divide', same('Div')],
  ['affine', affine],
  ['square', ({ builder, inputs: [x = ''], hint }) => builder.node('Mul', [x, x], { hint })],
  ['sqrt', same('Sqrt')],
  ['exp', same('Exp')],
  ['erf', same('Erf')],
  ['sign', same('Sign')],
  ['step', step],
  ['relu', same('Relu')],
  ['tanh', same('Tanh')],
  ['sigmoid', same('Sigmoid')],
  ['softplus', same('Softplus')],
  // Both normalise over the last axis.
  ['softmax', (context) => operator(context, 'Softmax', [['axis', -1]])],
  ['logSoftmax', (context) => operator(context, 'LogSoftmax', [['axis', -1]])],
  ['matmul', matmul],
  ['conv2d', conv2d],
  ['maxPool2d', maxPool2d],
  ['avgPool2d', avgPool2d],
  ['sum', sum],
  ['mean', mean],
  ['reshape', reshape],
  ['broadcastTo', broadcastTo],
  ['concat', (context) => operator(context, 'Concat', [['axis', axisOf(context)]])],
  ['slice', slice],
  ['pad', pad],
  ['transpose', (context) => operator(context, 'Transpose', [['perm', numbers(context, 'permutation')]])],
  ['gatherRows', gatherRows]
])
