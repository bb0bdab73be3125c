/** Arithmetic, activations, comparisons and logic. Truth values are 1 and 0. */
import { activationNamed } from '../../../src/engine/activations'
import { exponentialLinear } from '../../../src/engine/activations/elu'
import type { NodeId } from '../../../src/engine/graph/graph'
import type { OpName } from '../../../src/engine/ops'
import { affine, choose, isEqual, isGreater, larger, magnitude, not, positivePart, smaller } from '../compose'
import { NotCovered, type Rule, type RuleContext } from '../context'

/** A primitive of the same meaning and operands. */
function same(op: OpName): Rule {
  return (context) => context.graph.apply(op, context.all())
}

/** An operator of any number of operands, two at a time. */
function folded(context: RuleContext, pair: (a: NodeId, b: NodeId) => NodeId): NodeId {
  return context.all().reduce(pair)
}

function sum(context: RuleContext): NodeId {
  return folded(context, (a, b) => context.graph.apply('add', [a, b]))
}

function divide(context: RuleContext): NodeId {
  if (context.type()?.includes('int') === true) throw new NotCovered('division of whole numbers')
  return context.graph.apply('divide', context.all())
}

function power(context: RuleContext): NodeId {
  const exponents = new Set(context.values(1))
  const [exponent = NaN] = exponents
  if (exponents.size !== 1 || !Number.isInteger(exponent) || exponent < 1) {
    throw new NotCovered('powers other than with one whole exponent: there is no logarithm among the primitives')
  }
  let product = context.input()
  for (let i = 1; i < exponent; i++) product = context.graph.apply('multiply', [product, context.input()])
  return product
}

/** x kept between bounds, each of which may be left out. */
function clip(context: RuleContext): NodeId {
  const low = context.optional(1)
  const high = context.optional(2)
  const raised = low === null ? context.input() : larger(context.graph, context.input(), low)
  return high === null ? raised : smaller(context.graph, raised, high)
}

/** slope·x + (1 − slope)·max(0, x), as the studio's Leaky ReLU */
function leakyRelu(context: RuleContext): NodeId {
  const slope = context.number('alpha', 0.01)
  const above = positivePart(context.graph, context.input())
  return context.graph.apply('add', [
    affine(context.graph, context.input(), slope),
    affine(context.graph, above, 1 - slope)
  ])
}

/** max(0, x) + slope · min(0, x) */
function prelu(context: RuleContext): NodeId {
  const { graph } = context
  const above = positivePart(graph, context.input())
  const below = graph.apply('subtract', [context.input(), above])
  return graph.apply('add', [above, graph.apply('multiply', [context.input(1), below])])
}

/** 1 / x */
function reciprocal(context: RuleContext): NodeId {
  return context.graph.apply('divide', [context.graph.constant([], [1]), context.input()])
}

/** The studio's SELU; others with the constants given. */
function selu(context: RuleContext): NodeId {
  if (!context.has('alpha') && !context.has('gamma')) {
    return activationNamed('selu').build(context.graph, context.input())
  }
  const gamma = context.number('gamma', NaN)
  return exponentialLinear(context.graph, context.input(), gamma, gamma * context.number('alpha', NaN))
}

/** max(0, x) + min(0, α·(e^(x/α) − 1)) */
function celu(context: RuleContext): NodeId {
  const alpha = context.number('alpha', 1)
  return exponentialLinear(context.graph, affine(context.graph, context.input(), 1 / alpha), alpha, alpha)
}

/** x − bias above λ, x + bias below −λ, else 0 */
function shrink(context: RuleContext): NodeId {
  const { graph } = context
  const x = context.input()
  const lambda = context.number('lambd', 0.5)
  const bias = context.number('bias', 0)
  const above = graph.apply('step', [affine(graph, x, 1, -lambda)])
  const below = graph.apply('step', [affine(graph, x, -1, -lambda)])
  return graph.apply('add', [
    graph.apply('multiply', [above, affine(graph, x, 1, -bias)]),
    graph.apply('multiply', [below, affine(graph, x, 1, bias)])
  ])
}

/** α·x + β kept between 0 and 1: max(0, z) − max(0, z − 1) */
function hardSigmoid({ graph }: RuleContext, x: NodeId, alpha: number, beta: number): NodeId {
  const z = affine(graph, x, alpha, beta)
  return graph.apply('subtract', [positivePart(graph, z), positivePart(graph, affine(graph, z, 1, -1))])
}

/** x above α, else 0 */
function thresholdedRelu(context: RuleContext): NodeId {
  const above = context.graph.apply('step', [affine(context.graph, context.input(), 1, -context.number('alpha', 1))])
  return context.graph.apply('multiply', [above, context.input()])
}

/** x / (1 + |x|) */
function softsign(context: RuleContext): NodeId {
  const { graph } = context
  return graph.apply('divide', [context.input(), affine(graph, magnitude(graph, context.input()), 1, 1)])
}

export const elementwise: readonly (readonly [operator: string, rule: Rule])[] = [
  ['Add', same('add')],
  ['Sub', same('subtract')],
  ['Mul', same('multiply')],
  ['Div', divide],
  ['Pow', power],
  ['Sum', sum],
  ['Mean', (context) => affine(context.graph, sum(context), 1 / context.inputs.length)],
  ['Max', (context) => folded(context, (a, b) => larger(context.graph, a, b))],
  ['Min', (context) => folded(context, (a, b) => smaller(context.graph, a, b))],
  ['Neg', (context) => affine(context.graph, context.input(), -1)],
  ['Abs', (context) => magnitude(context.graph, context.input())],
  ['Reciprocal', reciprocal],
  ['Exp', same('exp')],
  ['Sqrt', same('sqrt')],
  ['Sign', same('sign')],
  ['Erf', same('erf')],
  ['Identity', (context) => context.input()],
  ['Clip', clip],
  ['Relu', same('relu')],
  ['LeakyRelu', leakyRelu],
  ['PRelu', prelu],
  ['ThresholdedRelu', thresholdedRelu],
  ['Elu', (context) => exponentialLinear(context.graph, context.input(), 1, context.number('alpha', 1))],
  ['Selu', selu],
  ['Celu', celu],
  ['Shrink', shrink],
  ['Sigmoid', same('sigmoid')],
  [
    'HardSigmoid',
    (context) => hardSigmoid(context, context.input(), context.number('alpha', 0.2), context.number('beta', 0.5))
  ],
  [
    'HardSwish',
    (context) => context.graph.apply('multiply', [context.input(), hardSigmoid(context, context.input(), 1 / 6, 0.5)])
  ],
  ['Tanh', same('tanh')],
  ['Softplus', same('softplus')],
  ['Softsign', softsign],
  ['Greater', (context) => isGreater(context.graph, context.input(0), context.input(1))],
  ['Less', (context) => isGreater(context.graph, context.input(1), context.input(0))],
  ['GreaterOrEqual', (context) => not(context.graph, isGreater(context.graph, context.input(1), context.input(0)))],
  ['LessOrEqual', (context) => not(context.graph, isGreater(context.graph, context.input(0), context.input(1)))],
  ['Equal', (context) => isEqual(context.graph, context.input(0), context.input(1))],
  ['Not', (context) => not(context.graph, context.input())],
  ['And', same('multiply')],
  ['Or', (context) => context.graph.apply('sign', [sum(context)])],
  ['Xor', (context) => not(context.graph, isEqual(context.graph, context.input(0), context.input(1)))],
  ['Where', (context) => choose(context.graph, context.input(0), context.input(1), context.input(2))]
]
