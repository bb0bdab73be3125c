/** What happens to gradients between backpropagation and the optimizer, as nodes of the step's graph. */
import { numberSetting, type Config } from '../fields'
import type { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'

/** PyTorch's: keeps the division by the norm safe. */
const NORM_EPS = 1e-6

export interface Gradient {
  readonly parameter: NodeId
  readonly gradient: NodeId
}

/**
 * Gradients as the optimizer is to see them: penalties added, then bounded one by one, then all together. Adds nothing for
 * what is off (0).
 * @param config of `regularizationFields`, parsed
 * @returns one node for each entry, in its order
 */
export function regularized(graph: GraphBuilder, entries: readonly Gradient[], config: Config): readonly NodeId[] {
  const [l1, l2] = [numberSetting(config, 'l1'), numberSetting(config, 'l2')]
  const [clipValue, clipNorm] = [numberSetting(config, 'clipValue'), numberSetting(config, 'clipNorm')]
  const penalised = entries.map((entry) => withPenalties(graph, entry, l1, l2))
  const bounded = clipValue === 0 ? penalised : penalised.map((gradient) => withinValue(graph, gradient, clipValue))
  return clipNorm === 0 ? bounded : withinNorm(graph, bounded, clipNorm)
}

/**
 * g + λ₁ · sign(w) + λ₂ · w: the gradient of λ₁ · Σ|w| + ½ · λ₂ · Σw² added to the loss.
 * For weights of two and more axes alone: biases and the scales and shifts of normalisations have one, and pulling those
 * towards 0 takes away from the network without making it simpler.
 */
function withPenalties(graph: GraphBuilder, { parameter, gradient }: Gradient, l1: number, l2: number): NodeId {
  if (graph.shapeOf(parameter).length < 2) return gradient
  const terms = [
    ...(l1 === 0 ? [] : [scaled(graph, graph.apply('sign', [parameter]), l1)]),
    ...(l2 === 0 ? [] : [scaled(graph, parameter, l2)])
  ]
  return terms.reduce((sum, term) => graph.apply('add', [sum, term]), gradient)
}

/**
 * Each number cut at ±limit, PyTorch's `clip_grad_value_`: numbers within stay exactly as they are. An infinite one is
 * not cut but becomes NaN, so that training stops instead of going on with a number that means nothing.
 */
function withinValue(graph: GraphBuilder, gradient: NodeId, limit: number): NodeId {
  const side = graph.apply('sign', [gradient])
  const size = graph.apply('multiply', [gradient, side])
  const beyond = graph.apply('step', [graph.apply('affine', [size], { scale: 1, offset: -limit })])
  const within = graph.apply('affine', [beyond], { scale: -1, offset: 1 })
  const cut = scaled(graph, graph.apply('multiply', [beyond, side]), limit)
  return graph.apply('add', [graph.apply('multiply', [within, gradient]), cut])
}

/**
 * All gradients times min(1, limit / (‖g‖ + 1e-6)), ‖g‖ the root of the sum of all their squares: PyTorch's
 * `clip_grad_norm_`. The factor is computed as limit / (limit + relu(‖g‖ + 1e-6 − limit)), the same, and exactly 1 for
 * gradients that are short enough. Squares of numbers above 1e19 overflow in float32: the norm is infinite then and the
 * factor, which would be 0, NaN, so that training stops instead of going on without moving.
 */
function withinNorm(graph: GraphBuilder, gradients: readonly NodeId[], limit: number): readonly NodeId[] {
  const squares = gradients.map((gradient) => {
    const square = graph.apply('square', [gradient])
    const axes = graph.shapeOf(gradient).map((_, axis) => axis)
    return axes.length === 0 ? square : graph.apply('sum', [square], { axes, keepDims: false })
  })
  const [first, ...more] = squares
  if (first === undefined) return []
  const norm = graph.apply('sqrt', [more.reduce((sum, square) => graph.apply('add', [sum, square]), first)])
  const excess = graph.apply('relu', [graph.apply('affine', [norm], { scale: 1, offset: NORM_EPS - limit })])
  const divisor = graph.apply('affine', [excess], { scale: 1, offset: limit })
  const share = graph.apply('divide', [graph.constant([], [limit]), divisor])
  // 0, or NaN for an infinite norm.
  const factor = graph.apply('add', [share, graph.apply('subtract', [norm, norm])])
  return gradients.map((gradient) => graph.apply('multiply', [factor, gradient]))
}

function scaled(graph: GraphBuilder, x: NodeId, factor: number): NodeId {
  return graph.apply('affine', [x], { scale: factor, offset: 0 })
}
