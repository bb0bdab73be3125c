/** Which numbers of the network's input are indices of a table, so that they can be checked before anything is computed. */
import { ConfigError } from '../../shared/errors'
import { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'
import { opNamed } from '../ops'
import { isRow } from '../ops/gather-rows'
import { INPUT } from '../spec'
import { sizeOf } from '../tensor/tensor'
import { blocksOf, rowSize, type Features } from '../train/row-source'
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
export function wrongIndex(model: Model, features: Features): WrongIndex | null {
  const graph = new GraphBuilder()
  const input = graph.input(INPUT, [1, ...model.spec.inputShape])
  buildModel(graph, model, input)
  /** By node whose numbers are numbers of the input: which of a row's each of them is. */
  const places = new Map<NodeId, Float64Array>([[input, Float64Array.from({ length: rowSize(features) }, (_, i) => i)]])
  const lookups: Lookup[] = []
  for (const { id, op, inputs, attributes, shape, scope } of graph.nodes) {
    const moved = inputs.flatMap((each) => places.get(each) ?? [])
    if (moves.has(op) && moved.length === inputs.length) {
      const to = new Float64Array(sizeOf(shape))
      opNamed(op).kernel(
        inputs.map((each) => graph.shapeOf(each)),
        attributes,
        shape
      )(moved, to)
      places.set(id, to)
    }
    const [table, indices] = inputs
    const columns = op === 'gatherRows' && indices !== undefined ? places.get(indices) : undefined
    if (table === undefined || columns === undefined) continue
    lookups.push({ layer: scope, columns: [...columns].sort((a, b) => a - b), entries: graph.shapeOf(table)[0] ?? 0 })
  }
  return firstWrong(features, lookups)
}

/** A table, and which numbers of a row are its entries. */
interface Lookup extends Pick<WrongIndex, 'layer' | 'entries'> {
  /** Ascending. */
  readonly columns: readonly number[]
}

function firstWrong(features: Features, lookups: readonly Lookup[]): WrongIndex | null {
  if (lookups.length === 0) return null
  const width = rowSize(features)
  for (const { start, part } of blocksOf(features)) {
    const { shape, data } = part
    for (const { layer, columns, entries } of lookups) {
      for (let row = 0; row < (shape[0] ?? 0); row++) {
        for (const column of columns) {
          const value = data[row * width + column] ?? NaN
          if (isRow(value, entries)) continue
          return { layer, row: start + row, column, value, entries }
        }
      }
    }
  }
  return null
}

/** @throws ConfigError `index-out-of-range` with layer, row and column, both from 1, for what `wrongIndex` finds */
export function checkIndices(model: Model, features: Features): void {
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
