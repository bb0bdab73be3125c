/** What the layers share that bring numbers to mean 0 and variance 1. */
import type { BooleanField, NumberField } from '../fields'
import type { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'
import type { ParameterSpec } from './layer'

export const epsField: NumberField = {
  key: 'eps',
  label: 'Epsilon',
  kind: 'number',
  default: 1e-5,
  min: 0,
  max: 1,
  exclusiveMin: true,
  help: 'Added to the variance, so that the division is safe where numbers hardly differ.',
  advanced: true
}

export const affineField: BooleanField = {
  key: 'affine',
  label: 'Scale and shift',
  kind: 'boolean',
  default: true,
  help: 'Whether a scale and a shift are learned that follow, so that the layer can undo what it does.',
  advanced: true
}

/** The learned scale and shift. */
export function affineParameters(shape: readonly number[], affine: boolean): readonly ParameterSpec[] {
  if (!affine) return []
  return [
    { name: 'weight', shape, initializer: 'ones', help: 'The scale that follows.' },
    { name: 'bias', shape, initializer: 'zeros', help: 'The shift that follows: the weight of a constant input 1.' }
  ]
}

/** Mean, x − mean and the mean square of that, over `axes`, which stay as axes of size 1. */
export function moments(
  graph: GraphBuilder,
  x: NodeId,
  axes: readonly number[]
): { readonly mean: NodeId; readonly centered: NodeId; readonly variance: NodeId } {
  const mean = graph.apply('mean', [x], { axes, keepDims: true })
  const centered = graph.apply('subtract', [x, mean])
  const variance = graph.apply('mean', [graph.apply('square', [centered])], { axes, keepDims: true })
  return { mean, centered, variance }
}

/** 1 / √(variance + eps) */
export function inverseDeviation(graph: GraphBuilder, variance: NodeId, eps: number): NodeId {
  const deviation = graph.apply('sqrt', [graph.apply('affine', [variance], { scale: 1, offset: eps })])
  return graph.apply('divide', [graph.constant([], [1]), deviation])
}

/** (x − mean) / √(variance + eps) over `axes`. */
export function standardized(graph: GraphBuilder, x: NodeId, axes: readonly number[], eps: number): NodeId {
  const { centered, variance } = moments(graph, x, axes)
  return graph.apply('multiply', [centered, inverseDeviation(graph, variance, eps)])
}

/** A value for each channel [C], made to stand beside a batch of `rank` axes [N, C, …]. */
export function perChannel(graph: GraphBuilder, value: NodeId, rank: number): NodeId {
  const [channels = 1] = graph.shapeOf(value)
  if (rank === 2) return value
  return graph.apply('reshape', [value], { shape: [channels, ...new Array<number>(rank - 2).fill(1)] })
}
