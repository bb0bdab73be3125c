import { booleanSetting, numberSetting, type Config } from '../fields'
import type { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'
import { sizeOf } from '../tensor/tensor'
import { inputWithChannels, oneNode } from './inputs'
import type { LayerContext, LayerSpec } from './layer'
import { affineField, affineParameters, epsField, inverseDeviation, moments, perChannel } from './normalize'

/**
 * Batch normalization: y = (x − μ) / √(σ² + eps) · weight + bias, for each channel. Rows are [C], [C, L] or [C, H, W]. Ioffe
 * and Szegedy 2015; PyTorch's `BatchNorm1d` and `BatchNorm2d`, names and layouts too: weight, bias, running_mean and
 * running_var [C].
 *
 * While training, μ and σ² are the mean and the mean squared deviation of the n numbers that the batch has in the channel,
 * and the running statistics move towards them: running ← (1 − momentum) · running + momentum · batch, the variance by its
 * unbiased estimate σ² · n / (n − 1). When the network answers, μ and σ² are the running statistics.
 *
 * A batch with one number in each channel (a single row [C], as the last batch of an epoch may be) has no variance. PyTorch
 * stops there; here such a batch is normalized by the running statistics, and leaves them as they are.
 */
export const batchNorm: LayerSpec = {
  type: 'batch-norm',
  label: 'Batch normalization',
  family: 'normalization',
  inputs: 'one',
  summary:
    'Brings each channel to mean 0 and variance 1 over the batch, then scales and shifts it as learned. When the network answers it uses running averages instead.',
  fields: [
    epsField,
    {
      key: 'momentum',
      label: 'Momentum',
      kind: 'number',
      default: 0.1,
      min: 0,
      max: 1,
      help: 'How far the running statistics move towards those of each batch. A single row [C] moves them not: it has no variance.',
      advanced: true
    },
    affineField
  ],
  inferShape: (inputs) => inputWithChannels(inputs).shape,
  parameters: (inputs, config) =>
    affineParameters([inputWithChannels(inputs).channels], booleanSetting(config, 'affine')),
  buffers(inputs) {
    const shape = [inputWithChannels(inputs).channels]
    return [
      { name: 'running_mean', shape, initializer: 'zeros', help: 'The average of the means of the batches.' },
      { name: 'running_var', shape, initializer: 'ones', help: 'The average of the variances of the batches.' }
    ]
  },
  multiplyAdds: (inputs) => 2 * sizeOf(inputWithChannels(inputs).shape),
  build(context, inputs, config) {
    const { graph, parameter } = context
    const x = oneNode(inputs)
    const rank = graph.shapeOf(x).length
    const { centered, variance } = statistics(context, x, config)
    const inverse = inverseDeviation(graph, variance, numberSetting(config, 'eps'))
    if (!booleanSetting(config, 'affine')) return graph.apply('multiply', [centered, inverse])
    const scale = graph.apply('multiply', [perChannel(graph, parameter('weight'), rank), inverse])
    const scaled = graph.apply('multiply', [centered, scale])
    return graph.apply('add', [scaled, perChannel(graph, parameter('bias'), rank)])
  },
  cases: [
    { inputs: [[4]], config: {} },
    { inputs: [[2, 5]], config: { eps: 0.1 } },
    { inputs: [[3, 2, 3]], config: { momentum: 0.3 } },
    { inputs: [[1, 2, 2]], config: { affine: false } }
  ]
}

/** x − μ and σ²; moves the running statistics while training. */
function statistics(
  { graph, training, buffer, updateBuffer }: LayerContext,
  x: NodeId,
  config: Config
): { readonly centered: NodeId; readonly variance: NodeId } {
  const shape = graph.shapeOf(x)
  const channels = shape[1] ?? 1
  const count = sizeOf(shape) / channels
  const [runningMean, runningVariance] = [buffer('running_mean'), buffer('running_var')]
  if (!training || count === 1) {
    const centered = graph.apply('subtract', [x, perChannel(graph, runningMean, shape.length)])
    return { centered, variance: perChannel(graph, runningVariance, shape.length) }
  }
  const axes = shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]))
  const { mean, centered, variance } = moments(graph, x, axes)
  const momentum = numberSetting(config, 'momentum')
  const moved = (running: NodeId, batch: NodeId, scale: number) =>
    graph.apply('add', [scaled(graph, running, 1 - momentum), scaled(graph, flat(graph, batch), scale)])
  updateBuffer('running_mean', moved(runningMean, mean, momentum))
  updateBuffer('running_var', moved(runningVariance, variance, (momentum * count) / (count - 1)))
  return { centered, variance }
}

function scaled(graph: GraphBuilder, x: NodeId, scale: number): NodeId {
  return graph.apply('affine', [x], { scale, offset: 0 })
}

function flat(graph: GraphBuilder, x: NodeId): NodeId {
  return graph.apply('reshape', [x], { shape: [sizeOf(graph.shapeOf(x))] })
}
