/**
 * Where the neurons of a network stand in its drawing, which of them are drawn, and the edges between those.
 * Long layers are abridged: the first and the last neurons are drawn and the number left out is said. A layer that has
 * no single neurons to tell apart is a box; an input from further back than the column before runs above the columns.
 */
import type { WeightsView } from '../../../shared/views'

export interface NetworkColumn {
  /** `input` or the layer's name. */
  readonly name: string
  readonly size: number
  /** Names of single neurons (features, classes), or empty. */
  readonly labels: readonly string[]
  /** Drawn as its neurons, or as one box. */
  readonly kind: 'neurons' | 'box'
  /** Columns whose outputs it takes, all of them before it. */
  readonly sources: readonly number[]
}

export interface DrawnNeuron {
  readonly index: number
  readonly y: number
}

export interface DrawnColumn extends Pick<NetworkColumn, 'name' | 'size' | 'kind' | 'sources'> {
  readonly x: number
  /** Of a box, the one place in its middle. */
  readonly neurons: readonly DrawnNeuron[]
  /** Where the ellipsis stands; null when every neuron is drawn. */
  readonly gapY: number | null
  /** The constant 1 whose weights are the biases of the neurons in the next column; null where those take another. */
  readonly biasY: number | null
}

export interface NetworkLayout {
  readonly widthPx: number
  readonly heightPx: number
  readonly radiusPx: number
  readonly columns: readonly DrawnColumn[]
}

/** The index that stands for the constant 1 as a source of edges. */
export const BIAS = -1

export interface DrawnEdge {
  /** Unique and stable over updates, for keyed lists. */
  readonly key: string
  /** Column that the edge leads to. */
  readonly column: number
  readonly from: number
  readonly to: number
  readonly path: string
  /** Null before there are weights. */
  readonly weight: number | null
  /** |weight| over the largest |weight| into the same layer, 0…1; 0 without weights. */
  readonly strength: number
}

/** A connection that passes over columns between its ends. */
export interface DrawnSkip {
  readonly key: string
  readonly from: number
  readonly to: number
  readonly path: string
}

export const boxPx = { width: 88, height: 64 } as const

const topPx = 52
const bottomPx = 14
const leastSpacingPx = 25
const mostSpacingPx = 62
const leastGapPx = 76
/** Between columns where boxes stand. */
const leastBoxGapPx = boxPx.width + 14
const lanePx = 12
const mostLanes = 8
/** From the middle of a column to where a skip leaves it (to the right) or enters it (from the left). */
const skipEndPx = 7
/** More edges than this neither help the eye nor draw quickly. */
const mostEdges = 2400

/** The neurons drawn when `slots` places are free: all, or the first and the last around an ellipsis. */
export function abridge(size: number, slots: number): { head: number[]; tail: number[] } {
  const range = (from: number, to: number): number[] =>
    Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
  if (size <= slots) return { head: range(0, size), tail: [] }
  const drawn = Math.max(2, slots - 1)
  const head = Math.ceil(drawn / 2)
  return { head: range(0, head), tail: range(size - (drawn - head), size) }
}

/** @param marginPx room for the names left of the first column and right of the last */
export function networkLayout(
  columns: readonly NetworkColumn[],
  viewWidthPx: number,
  heightPx: number,
  marginPx: { readonly left: number; readonly right: number }
): NetworkLayout {
  const gaps = Math.max(1, columns.length - 1)
  const leastPx = columns.some((column) => column.kind === 'box') ? leastBoxGapPx : leastGapPx
  const widthPx = Math.max(viewWidthPx, marginPx.left + marginPx.right + gaps * leastPx)
  const gapPx = (widthPx - marginPx.left - marginPx.right) / gaps
  const lanes = laneCount(skipsOf(columns))
  const fromPx = topPx + (lanes === 0 ? 0 : (lanes + 1) * lanePx)
  const roomPx = Math.max(120, heightPx - fromPx - bottomPx)
  const fitting = Math.floor(roomPx / leastSpacingPx) - 1
  const affordable = Math.floor(Math.sqrt(mostEdges / gaps))
  const slots = Math.max(3, Math.min(fitting, affordable, 16))
  const drawn = columns.map((column) => abridge(column.kind === 'box' ? 1 : column.size, slots))
  const feedsBias = columns.map((_, index) => {
    const next = columns[index + 1]
    return next?.kind === 'neurons' && next.sources.length === 1 && next.sources[0] === index
  })
  const rowsOf = (index: number): number => {
    const { head, tail } = drawn[index] ?? { head: [], tail: [] }
    return head.length + tail.length + (tail.length > 0 ? 1 : 0) + (feedsBias[index] === true ? 1 : 0)
  }
  const mostRows = Math.max(1, ...columns.map((_, index) => rowsOf(index)))
  const spacingPx = Math.min(mostSpacingPx, roomPx / mostRows)
  const radiusPx = Math.max(6, Math.min(15, spacingPx * 0.36))
  const middlePx = fromPx + roomPx / 2
  return {
    widthPx,
    heightPx,
    radiusPx,
    columns: columns.map((column, index): DrawnColumn => {
      const { head, tail } = drawn[index] ?? { head: [], tail: [] }
      const { name, size, kind, sources } = column
      const x = columns.length === 1 ? widthPx / 2 : marginPx.left + index * gapPx
      const shown = { name, size, kind, sources, x }
      if (kind === 'box') {
        const biasY = feedsBias[index] === true ? middlePx + boxPx.height / 2 + 24 : null
        return { ...shown, neurons: [{ index: 0, y: middlePx }], gapY: null, biasY }
      }
      const rows = rowsOf(index)
      const y = (row: number): number => middlePx + (row - (rows - 1) / 2) * spacingPx
      const tailFrom = head.length + 1
      return {
        ...shown,
        neurons: [
          ...head.map((neuron, row) => ({ index: neuron, y: y(row) })),
          ...tail.map((neuron, row) => ({ index: neuron, y: y(tailFrom + row) }))
        ],
        gapY: tail.length > 0 ? y(head.length) : null,
        biasY: feedsBias[index] === true ? y(rows - 1) : null
      }
    })
  }
}

/**
 * One smooth edge for each drawn pair of neighbours that are connected, with its weight where the layer has weights
 * of that size.
 */
export function networkEdges(layout: NetworkLayout, weights: WeightsView | null): DrawnEdge[] {
  return layout.columns.flatMap((target, column) => {
    const source = layout.columns[column - 1]
    if (source === undefined || !target.sources.includes(column - 1)) return []
    const layer = target.sources.length === 1 ? fittingLayer(weights, target, source) : null
    const largest = layer === null ? 0 : largestWeight(layer)
    const sources = source.neurons.map((neuron) => ({ index: neuron.index, y: neuron.y }))
    if (source.biasY !== null) sources.push({ index: BIAS, y: source.biasY })
    return target.neurons.flatMap((to) =>
      sources.map((from): DrawnEdge => {
        // What a box passes on are many numbers: its one line has no weight.
        const isWeight = source.kind === 'neurons' || from.index === BIAS
        const weight = layer === null || !isWeight ? null : weightOf(layer, from.index, to.index)
        const fromPx = from.index === BIAS ? layout.radiusPx : halfWidth(source, layout)
        return {
          key: `${column}:${from.index}:${to.index}`,
          column,
          from: from.index,
          to: to.index,
          path: curve(source.x + fromPx, from.y, target.x - halfWidth(target, layout), to.y),
          weight,
          strength: weight === null || largest === 0 ? 0 : Math.abs(weight) / largest
        }
      })
    )
  })
}

/** Half of what a column takes of the width. */
export function halfWidth(column: DrawnColumn, layout: NetworkLayout): number {
  return column.kind === 'box' ? boxPx.width / 2 : layout.radiusPx
}

interface Skip {
  readonly from: number
  readonly to: number
  /** 0 runs nearest to the neurons. */
  readonly lane: number
}

/** Inputs from further back than the column before, the short ones in the lanes nearest to the neurons. */
function skipsOf(columns: readonly Pick<NetworkColumn, 'sources'>[]): Skip[] {
  const all = columns.flatMap(({ sources }, to) =>
    sources.filter((from) => from < to - 1).map((from) => ({ from, to }))
  )
  const placed: Skip[] = []
  for (const { from, to } of all.toSorted((a, b) => a.to - a.from - (b.to - b.from))) {
    const crossed = placed.filter((other) => from < other.to && other.from < to).map(({ lane }) => lane)
    let lane = 0
    while (crossed.includes(lane) && lane < mostLanes - 1) lane += 1
    placed.push({ from, to, lane })
  }
  return placed
}

function laneCount(skips: readonly Skip[]): number {
  return Math.max(0, ...skips.map(({ lane }) => lane + 1))
}

/** The connections that pass over columns: up from the source, along a lane above the columns, down to the target. */
export function networkSkips(layout: NetworkLayout): DrawnSkip[] {
  const skips = skipsOf(layout.columns)
  const lanes = laneCount(skips)
  return skips.flatMap(({ from, to, lane }) => {
    const source = layout.columns[from]
    const target = layout.columns[to]
    if (source === undefined || target === undefined) return []
    const y = topPx + (lanes - lane) * lanePx - 4
    const x1 = source.x + skipEndPx
    const x2 = target.x - skipEndPx
    const corner = 7
    const path = [
      `M${px(x1)} ${px(topOf(source, layout) - 3)}V${px(y + corner)}`,
      `Q${px(x1)} ${px(y)} ${px(x1 + corner)} ${px(y)}H${px(x2 - corner)}`,
      `Q${px(x2)} ${px(y)} ${px(x2)} ${px(y + corner)}V${px(topOf(target, layout) - 5)}`
    ].join('')
    return [{ key: `${from}:${to}`, from, to, path }]
  })
}

function topOf(column: DrawnColumn, layout: NetworkLayout): number {
  const first = column.neurons[0]?.y ?? topPx
  return first - (column.kind === 'box' ? boxPx.height / 2 : layout.radiusPx)
}

type Layer = WeightsView['layers'][number]

/** A layer's weights, when they belong to this drawing: edits made since the run may have changed its sizes. */
export function fittingLayer(
  weights: WeightsView | null,
  target: { readonly name: string; readonly size: number },
  source: { readonly size: number }
): Layer | null {
  const layer = weights?.layers.find((one) => one.name === target.name)
  const fits = layer !== undefined && layer.weight.length === target.size && layer.weight[0]?.length === source.size
  return fits ? layer : null
}

function weightOf(layer: Layer, from: number, to: number): number | null {
  return (from === BIAS ? layer.bias[to] : layer.weight[to]?.[from]) ?? null
}

function largestWeight(layer: Layer): number {
  let largest = 0
  for (const row of layer.weight) for (const value of row) largest = Math.max(largest, Math.abs(value))
  for (const value of layer.bias) largest = Math.max(largest, Math.abs(value))
  return largest
}

/** An edge: smooth, level at both ends. */
export function curve(x1: number, y1: number, x2: number, y2: number): string {
  const middle = px((x1 + x2) / 2)
  return `M${px(x1)} ${px(y1)}C${middle} ${px(y1)} ${middle} ${px(y2)} ${px(x2)} ${px(y2)}`
}

function px(length: number): string {
  return length.toFixed(1)
}

/** Where the keyboard goes from one neuron: up and down within a column, left and right between columns. */
export function stepNeuron(
  layout: NetworkLayout,
  at: { readonly column: number; readonly index: number },
  key: string
): { column: number; index: number } | null {
  const column = layout.columns[at.column]
  const row = column?.neurons.findIndex((neuron) => neuron.index === at.index) ?? -1
  const here = column?.neurons[row]
  if (column === undefined || here === undefined) return null
  if (key === 'ArrowUp' || key === 'ArrowDown') {
    const next = column.neurons[row + (key === 'ArrowUp' ? -1 : 1)]
    return next === undefined ? null : { column: at.column, index: next.index }
  }
  if (key !== 'ArrowLeft' && key !== 'ArrowRight') return null
  const side = at.column + (key === 'ArrowLeft' ? -1 : 1)
  const nearest = layout.columns[side]?.neurons.toSorted((a, b) => Math.abs(a.y - here.y) - Math.abs(b.y - here.y))[0]
  return nearest === undefined ? null : { column: side, index: nearest.index }
}

/** Weights into one neuron, the bias last, as `name of the source → weight`. */
export function incomingWeights(
  layer: Layer,
  neuron: number,
  sourceName: (index: number) => string
): { name: string; weight: number }[] {
  const row = layer.weight[neuron] ?? []
  const list = row.map((weight, index) => ({ name: sourceName(index), weight }))
  const bias = layer.bias[neuron]
  return bias === undefined ? list : [...list, { name: 'constant 1 (bias)', weight: bias }]
}

/** A long name with its middle left out: one-hot inputs differ at the end (`origin=USA`), others at the start. */
export function shorten(text: string, most: number): string {
  const letters = Array.from(text)
  if (letters.length <= most) return text
  const head = Math.ceil((most - 1) / 2)
  return `${letters.slice(0, head).join('')}…${letters.slice(letters.length - (most - 1 - head)).join('')}`
}
