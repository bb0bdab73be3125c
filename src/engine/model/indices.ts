/** Which numbers of the network's input are indices of a table, so that they can be checked before anything is computed. */
import { ConfigError } from '../../shared/errors'
import { GraphBuilder } from '../graph/builder'
import { INPUT } from '../spec'
import type { Tensor } from '../tensor/tensor'
import { buildModel, type Model } from './model'

/** Primitives that only move the numbers they are given. */
const moves: ReadonlySet<string> = new Set(['reshape', 'transpose', 'concat', 'slice'])

/** A number that is no entry of the table it is looked up in. */
export interface WrongIndex {
  readonly layer: string
  /** From 0, of the rows that were looked at. */
  readonly row: number
  /** From 0, in one row. */
  readonly column: number
  readonly value: number
  /** How many the table has. */
  readonly entries: number
}

/**
 * The first number that is no index where a layer takes the input, as it is or moved, as such. Indices that other layers
 * compute cannot be known before: those give NaN.
 * @param features [N, …inputShape]
 */
export function wrongIndex(model: Model, features: Tensor): WrongIndex | null {
  const graph = new GraphBuilder()
  const input = graph.input(INPUT, [1, ...model.spec.inputShape])
  buildModel(graph, model, input)
  /** Those whose numbers are numbers of the input. */
  const fromInput = new Set([input])
  for (const { id, op, inputs, scope } of graph.nodes) {
    if (moves.has(op) && inputs.every((each) => fromInput.has(each))) fromInput.add(id)
    const [table, indices] = inputs
    if (op !== 'gatherRows' || table === undefined || indices === undefined || !fromInput.has(indices)) continue
    const wrong = firstWrong(features, graph.shapeOf(table)[0] ?? 0, scope)
    if (wrong !== null) return wrong
  }
  return null
}

function firstWrong({ shape, data }: Tensor, entries: number, layer: string): WrongIndex | null {
  const index = data.findIndex((value) => !Number.isInteger(value) || value < 0 || value >= entries)
  if (index < 0) return null
  const width = data.length / (shape[0] ?? 1)
  return { layer, row: Math.floor(index / width), column: index % width, value: data[index] ?? NaN, entries }
}

/** @throws ConfigError `index-out-of-range` with layer, row and column, both from 1, for what `wrongIndex` finds */
export function checkIndices(model: Model, features: Tensor): void {
  const wrong = wrongIndex(model, features)
  if (wrong === null) return
  const { layer, entries, value } = wrong
  const [row, column] = [wrong.row + 1, wrong.column + 1]
  throw new ConfigError(
    'index-out-of-range',
    `Row ${row}: feature ${column} must be a whole number from 0 to ${entries - 1}, since layer "${layer}" takes it as an entry of its table, got ${value}; use such numbers as they are, without preparation, and as many entries as there are.`,
    { layer, row, column }
  )
}
