/** Losses on classes. Axis 1 holds the classes, the others are rows. */
import type { NodeId } from '../../../src/engine/graph/graph'
import { sizeOf } from '../../../src/engine/tensor/tensor'
import { affine, alongLast, filled, isEqual, not, reduced, reshaped, transposed } from '../compose'
import type { Rule, RuleContext } from '../context'

/** −w[t] · log p[t] of each row, and its mean over the weights or its sum if wanted; rows of an ignored class weigh 0. */
function negativeLogLikelihood(context: RuleContext, logProbabilities: NodeId): NodeId {
  const { graph } = context
  const shape = graph.shapeOf(logProbabilities)
  const classes = shape[1] ?? 1
  const rows = sizeOf(shape) / classes
  const axes = shape.map((_, axis) => axis)
  const last = transposed(graph, logProbabilities, [...axes.filter((axis) => axis !== 1), 1])
  const targets = reshaped(graph, context.input(1), [rows, 1])
  const counted = context.has('ignore_index')
    ? not(graph, isEqual(graph, targets, filled(graph, [], context.number('ignore_index', NaN))))
    : filled(graph, [rows, 1], 1)
  // Class 0 stands for the ignored one, which need not exist.
  const expected = graph.apply('oneHot', [graph.apply('multiply', [targets, counted])], { classes })
  const given = context.optional(2)
  const classWeights = given === null ? expected : graph.apply('multiply', [expected, given])
  const weights = graph.apply('multiply', [classWeights, counted])
  const products = graph.apply('multiply', [weights, reshaped(graph, last, [rows, classes])])
  const ofRow = affine(graph, reduced(graph, 'sum', products, [1], false), -1)
  const reduction = context.text('reduction', 'mean')
  if (reduction === 'none') return reshaped(graph, ofRow, context.shape(1))
  const sum = reduced(graph, 'sum', ofRow, [0], false)
  return reduction === 'sum' ? sum : graph.apply('divide', [sum, reduced(graph, 'sum', weights, [0, 1], false)])
}

/** The second output is the logarithm of the probabilities. */
function softmaxCrossEntropy(context: RuleContext): readonly NodeId[] {
  const logProbabilities = alongLast(context.graph, context.input(), 1, (x) => context.graph.apply('logSoftmax', [x]))
  return [negativeLogLikelihood(context, logProbabilities), logProbabilities]
}

export const losses: readonly (readonly [operator: string, rule: Rule])[] = [
  ['NegativeLogLikelihoodLoss', (context) => negativeLogLikelihood(context, context.input())],
  ['SoftmaxCrossEntropyLoss', softmaxCrossEntropy]
]
