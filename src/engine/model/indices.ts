/** Which numbers of the network's input are indices of a table, so that they can be checked before anything is computed. */
import { ConfigError } from '../../shared/errors'
import { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'
import { INPUT } from '../spec'
import type { Tensor } from '../tensor/tensor'
import { buildModel, type Model } from './model'

/** Primitives that only move the numbers they are given. */
const moves: ReadonlySet<string> = new Set(['reshape', 'transpose', 'concat', 'slice'])

/**
 * Checks that rows hold indices where a layer takes the input, as it is or moved, as such. Indices that other layers
 * compute cannot be known before: those give NaN.
 * @param features [N, …inputShape]
 * @throws ConfigError `index-out-of-range` with layer, row and column
 */
export function checkIndices(model: Model, features: Tensor): void {
  const graph = new GraphBuilder()
  const input = graph.input(INPUT, [1, ...model.spec.inputShape])
  buildModel(graph, model, input)
  const comesFromInput = (id: NodeId): boolean => {
    const { op, inputs } = graph.node(id)
    return id === input || (moves.has(op) && inputs.every(comesFromInput))
  }
  for (const { op, inputs, scope } of graph.nodes) {
    const [table, indices] = inputs
    if (op !== 'gatherRows' || table === undefined || indices === undefined || !comesFromInput(indices)) continue
    check(features, graph.shapeOf(table)[0] ?? 0, scope)
  }
}

function check({ shape, data }: Tensor, entries: number, layer: string): void {
  const index = data.findIndex((value) => !Number.isInteger(value) || value < 0 || value >= entries)
  if (index < 0) return
  const width = data.length / (shape[0] ?? 1)
  const row = Math.floor(index / width) + 1
  const column = (index % width) + 1
  throw new ConfigError(
    'index-out-of-range',
    `Row ${row}: feature ${column} must be a whole number from 0 to ${entries - 1}, since layer "${layer}" takes it as an entry of its table, got ${data[index] ?? NaN}; use such numbers as they are, without preparation, and as many entries as there are.`,
    { layer, row, column }
  )
}
