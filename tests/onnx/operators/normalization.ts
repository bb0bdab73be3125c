/** Normalisation over the batch, a row, a channel or a map. */
import type { NodeId } from '../../../src/engine/graph/graph'
import { affine, alongChannels, moments, standardised } from '../compose'
import { NotCovered, type Rule, type RuleContext } from '../context'

function scaledAndShifted({ graph }: RuleContext, x: NodeId, scale: NodeId, shift: NodeId | null): NodeId {
  const scaled = graph.apply('multiply', [x, scale])
  return shift === null ? scaled : graph.apply('add', [scaled, shift])
}

/** By the statistics given or, while training, by the batch's own, which then move the running ones. */
function batchNormalization(context: RuleContext): readonly NodeId[] {
  const { graph } = context
  const x = context.input()
  const channels = (place: number) => alongChannels(graph, context.input(place), x)
  const normalised = (mean: NodeId, variance: NodeId) => {
    const standard = standardised(graph, x, mean, variance, context.number('epsilon', 1e-5))
    return scaledAndShifted(context, standard, channels(1), channels(2))
  }
  if (context.number('training_mode', 0) === 0) return [normalised(channels(3), channels(4))]
  const axes = context.shape().flatMap((_, axis) => (axis === 1 ? [] : [axis]))
  const { mean, variance } = moments(graph, x, axes)
  const kept = context.number('momentum', 0.9)
  const moved = (place: number, batch: NodeId) => {
    const values = graph.apply('reshape', [batch], { shape: context.shape(place) })
    return graph.apply('add', [affine(graph, context.input(place), kept), affine(graph, values, 1 - kept)])
  }
  return [normalised(mean, variance), moved(3, mean), moved(4, variance)]
}

function instanceNormalization(context: RuleContext): NodeId {
  const { graph } = context
  const x = context.input()
  const { mean, variance } = moments(
    graph,
    x,
    context.shape().flatMap((_, axis) => (axis < 2 ? [] : [axis]))
  )
  const standard = standardised(graph, x, mean, variance, context.number('epsilon', 1e-5))
  const channels = (place: number) => alongChannels(graph, context.input(place), x)
  return scaledAndShifted(context, standard, channels(1), channels(2))
}

/** From `axis` on; the outputs after the first are the mean and 1 / √(variance + ε). */
function layerNormalization(context: RuleContext): readonly NodeId[] {
  const { graph } = context
  const x = context.input()
  const first = context.axis(context.number('axis', -1))
  const axes = context.shape().flatMap((_, axis) => (axis < first ? [] : [axis]))
  const epsilon = context.number('epsilon', 1e-5)
  const { mean, variance } = moments(graph, x, axes)
  const deviation = graph.apply('sqrt', [affine(graph, variance, 1, epsilon)])
  const standard = standardised(graph, x, mean, variance, epsilon)
  return [
    scaledAndShifted(context, standard, context.input(1), context.optional(2)),
    mean,
    graph.apply('divide', [graph.constant([], [1]), deviation])
  ]
}

/** Axes 0, 2, 3 unless named; ONNX adds its ε to the deviation, where rounding hides it. */
function meanVarianceNormalization(context: RuleContext): NodeId {
  const { mean, variance } = moments(context.graph, context.input(), context.ints('axes') ?? [0, 2, 3])
  return standardised(context.graph, context.input(), mean, variance, 0)
}

/** What is kept when nothing is left out; which values fall out otherwise is another generator's choice. */
function dropout(context: RuleContext): readonly NodeId[] {
  const { graph } = context
  const training = (context.values(2)?.[0] ?? 0) !== 0
  const ratio = context.values(1)?.[0] ?? context.number('ratio', 0.5)
  if (training && ratio !== 0) throw new NotCovered('values fall out as another random generator draws them')
  const kept = graph.apply('broadcastTo', [graph.constant([], [1])], { shape: context.shape() })
  return [context.input(), kept]
}

export const normalization: readonly (readonly [operator: string, rule: Rule])[] = [
  ['BatchNormalization', batchNormalization],
  ['InstanceNormalization', instanceNormalization],
  ['LayerNormalization', layerNormalization],
  ['MeanVarianceNormalization', meanVarianceNormalization],
  ['Dropout', dropout]
]
