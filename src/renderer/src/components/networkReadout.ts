/** What is said of one neuron, or of a constant 1, when it is pointed at or has the focus. */
import type { WeightsView } from '../../../shared/views'
import { plural } from '../state/format'
import { BIAS, fittingLayer, incomingWeights } from './networkLayout'
import type { DiagramColumn } from './networkModel'
import { formatSigned } from './plainNumbers'

export interface NeuronPlace {
  readonly column: number
  /** Neuron, or `BIAS` for the constant 1 below the column. */
  readonly index: number
}

export interface Readout {
  readonly title: string
  readonly text: string
  /** The bias first, then the strongest weights. */
  readonly weights: readonly { readonly name: string; readonly weight: number }[]
  /** Weights not listed. */
  readonly more: number
}

const mostWeights = 6

export function neuronName(columns: readonly DiagramColumn[], column: number, index: number): string {
  return columns[column]?.labels[index] ?? `${columns[column]?.name ?? ''} neuron ${index + 1}`
}

/** @param uncoloured why there are no weights to read out */
export function readoutOf(
  columns: readonly DiagramColumn[],
  weights: WeightsView | null,
  at: NeuronPlace,
  uncoloured: string
): Readout | null {
  const column = columns[at.column]
  if (column === undefined) return null
  if (at.index === BIAS) {
    const next = columns[at.column + 1]?.name ?? ''
    return { title: 'Constant 1', text: `its weights are the biases of ${next}`, weights: [], more: 0 }
  }
  const title = neuronName(columns, at.column, at.index)
  const before = columns[at.column - 1]
  if (before === undefined) return { title, text: 'input of the network', weights: [], more: 0 }
  const layer = fittingLayer(weights, column, before)
  if (layer === null) {
    return { title, text: `${plural(before.size, 'weight')} and a bias; ${uncoloured}`, weights: [], more: 0 }
  }
  const all = incomingWeights(layer, at.index, (index) => neuronName(columns, at.column - 1, index))
  const strongest = all.slice(0, -1).toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
  const shown = strongest.slice(0, mostWeights)
  const bias = all.at(-1)
  return {
    title,
    text: '',
    weights: bias === undefined ? shown : [{ name: 'bias', weight: bias.weight }, ...shown],
    more: strongest.length - shown.length
  }
}

/** The accessible name of a neuron. */
export function neuronLabel(columns: readonly DiagramColumn[], weights: WeightsView | null, at: NeuronPlace): string {
  const name = neuronName(columns, at.column, at.index)
  const column = columns[at.column]
  const before = columns[at.column - 1]
  if (column === undefined || before === undefined) return `${name}, input`
  const counted = plural(before.size, 'incoming weight')
  const bias = fittingLayer(weights, column, before)?.bias[at.index]
  return bias === undefined ? `${name}, ${counted} and a bias` : `${name}, ${counted}, bias ${formatSigned(bias)}`
}
