/** Terms that the updates of several optimizers have in common, as nodes of the graph. */
import { numberSetting, type Config } from '../fields'
import type { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'
import type { ScalarInput } from './optimizer'

/** factor · x */
export function times(graph: GraphBuilder, factor: number, x: NodeId): NodeId {
  return graph.apply('affine', [x], { scale: factor, offset: 0 })
}

/** x + constant */
export function plus(graph: GraphBuilder, x: NodeId, constant: number): NodeId {
  return graph.apply('affine', [x], { scale: 1, offset: constant })
}

/** keep · average + (1 − keep) · x: an exponential moving average. */
export function movedTowards(graph: GraphBuilder, average: NodeId, x: NodeId, keep: number): NodeId {
  return graph.apply('add', [times(graph, keep, average), times(graph, 1 - keep, x)])
}

/** g + λ · w: weight decay as PyTorch adds it to the gradient; g itself for λ = 0. */
export function withDecay(graph: GraphBuilder, gradient: NodeId, parameter: NodeId, decay: number): NodeId {
  return decay === 0 ? gradient : graph.apply('add', [gradient, times(graph, decay, parameter)])
}

/** What AdamW and Lion need of a step for their weight decay: the share 1 − η·λ that is kept; nothing for λ = 0. */
export function keptShare(config: Config): readonly ScalarInput[] {
  const decay = numberSetting(config, 'weightDecay')
  return decay === 0 ? [] : [{ name: 'kept', value: 1 - numberSetting(config, 'learningRate') * decay }]
}

/** kept · w; w itself where there is no weight decay. */
export function shrunk(graph: GraphBuilder, parameter: NodeId, kept: NodeId | undefined): NodeId {
  return kept === undefined ? parameter : graph.apply('multiply', [kept, parameter])
}

/** w − size · direction; `size` is a scalar node. */
export function stepped(graph: GraphBuilder, parameter: NodeId, size: NodeId, direction: NodeId): NodeId {
  return graph.apply('subtract', [parameter, graph.apply('multiply', [size, direction])])
}

/** Entry `index` of the state or the scalars, which the optimizer itself declared. */
export function declared(nodes: readonly NodeId[], index: number): NodeId {
  const node = nodes[index]
  if (node === undefined) throw new Error(`The update was not given entry ${index} of what its optimizer declares`)
  return node
}

/** Whether a setting changes the update; drafts may hold a value that is no number yet. */
export function isSet(config: Config, key: string): boolean {
  const value = config[key]
  return typeof value === 'number' ? value !== 0 && !Number.isNaN(value) : value === true
}

/** The line that weight decay adds to the equations, where it is added to the gradient. */
export function decayLine(config: Config): readonly string[] {
  return isSet(config, 'weightDecay') ? ['g ← g + λ · w'] : []
}
