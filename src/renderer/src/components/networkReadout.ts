/** What is said of one neuron, of a box or of a constant 1, when it is pointed at or has the focus. */
import type { WeightsView } from '../../../shared/views'
import { plural } from '../state/format'
import { listed } from './modelWords'
import { BIAS, fittingLayer, incomingWeights } from './networkLayout'
import type { DiagramColumn } from './networkModel'
import { formatSigned } from './plainNumbers'

export interface NeuronPlace {
  readonly column: number
  /** Neuron, or `BIAS` for the constant 1 below the column; 0 for a box. */
  readonly index: number
}

export interface Readout {
  readonly title: string
  readonly text: string
  /** The bias first, then the strongest weights. */
  readonly weights: readonly {
    readonly name: string
    readonly weight: number
    /** Which input of the neuron it weighs; null for the bias. */
    readonly input: number | null
  }[]
  /** Weights not listed. */
  readonly more: number
  /** The neuron as a trained layer has it, and how many inputs that has; null for all else. */
  readonly unit: { readonly layer: string; readonly unit: number; readonly inputs: number } | null
}

const mostWeights = 6

export function neuronName(columns: readonly DiagramColumn[], column: number, index: number): string {
  const { labels = [], kind, name = '' } = columns[column] ?? {}
  return labels[index] ?? (kind === 'box' ? `${name}[${index + 1}]` : `${name} neuron ${index + 1}`)
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
  const plain = { weights: [], more: 0, unit: null }
  if (at.index === BIAS) {
    const next = columns[at.column + 1]?.name ?? ''
    return { ...plain, title: 'Constant 1', text: `its weights are the biases of ${next}` }
  }
  if (column.kind === 'box') return { ...plain, title: column.name, text: boxText(columns, column) }
  const title = neuronName(columns, at.column, at.index)
  const place = sourceOf(column)
  const before = place === null ? undefined : columns[place]
  if (place === null || before === undefined) {
    return { ...plain, title, text: column.family === 'input' ? 'input of the network' : 'its input is not known yet' }
  }
  const layer = fittingLayer(weights, column, before)
  if (layer === null) {
    return { ...plain, title, text: `${plural(before.size, 'weight')} and a bias; ${uncoloured}` }
  }
  const all = incomingWeights(layer, at.index, (index) => neuronName(columns, place, index))
  const strongest = all
    .slice(0, -1)
    .map((each, input) => ({ ...each, input }))
    .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
  const shown = strongest.slice(0, mostWeights)
  const bias = all.at(-1)
  return {
    title,
    text: '',
    weights: bias === undefined ? shown : [{ name: 'bias', weight: bias.weight, input: null }, ...shown],
    more: strongest.length - shown.length,
    unit: { layer: column.name, unit: at.index, inputs: layer.weight[at.index]?.length ?? 0 }
  }
}

/** The accessible name of a neuron or a box. */
export function neuronLabel(columns: readonly DiagramColumn[], weights: WeightsView | null, at: NeuronPlace): string {
  const column = columns[at.column]
  if (column?.kind === 'box') return `${column.name}, ${boxText(columns, column)}`
  const name = neuronName(columns, at.column, at.index)
  const before = column === undefined ? undefined : columns[sourceOf(column) ?? -1]
  if (column === undefined || before === undefined) return `${name}, input`
  const counted = plural(before.size, 'incoming weight')
  const bias = fittingLayer(weights, column, before)?.bias[at.index]
  return bias === undefined ? `${name}, ${counted} and a bias` : `${name}, ${counted}, bias ${formatSigned(bias)}`
}

/** The one column that a layer of neurons takes. */
export function sourceOf(column: DiagramColumn): number | null {
  return column.sources[0] ?? null
}

function boxText(columns: readonly DiagramColumn[], column: DiagramColumn): string {
  const from = column.sources.map((place) => columns[place]?.name ?? '')
  const taken = from.length === 0 ? 'its input is not known yet' : `takes ${listed(from)}`
  return `${column.typeLabel}, ${taken}, ${column.shape === null ? 'its shape is not known yet' : `passes on ${column.shape}`}`
}
