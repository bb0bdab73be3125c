/** What the drawing of a step shows, worked out of its numbers: sizes, colours, words, what is chosen and what is under way. */
import type { ExplainedWeight, GradientPath, MicroscopeView } from '../../../../shared/explain-views'
import { shapeText } from '../../components/modelWords'
import { BIAS, type DrawnEdge, type NetworkLayout } from '../../components/networkLayout'
import { largestSize } from '../../pictures/maps'
import { shownNumbers, unitName, type EdgeMode, type MicroscopeColumn, type ShownNumbers } from './columns'
import { lineBetween, type EdgePlace } from './edges'
import { signedNumber, tableNumber } from './numbers'
import type { Phase } from './phases'
import { weightAt, type Selection } from './selection'

/** Letters of a label beside the drawing. */
export const LABEL_CHARS = 18
/** Half the width of units that have no room for a circle. */
const WIDE_PX = 20
/** From this radius on a circle holds its number. */
const CIRCLE_PX = 14
const MOST_PULSES = 30

/** Room for drawings is used to draw them larger. */
export function zoomOf(widthPx: number, heightPx: number): number {
  return Math.max(1, Math.min(1.25, widthPx / 700, heightPx / 330))
}

/** Room for the labels at both sides. */
export function marginsOf(columns: readonly MicroscopeColumn[]): { readonly left: number; readonly right: number } {
  const room = (labels: readonly string[] = []) => {
    const letters = Math.max(0, ...labels.slice(0, 200).map((text) => Array.from(text).length))
    return Math.max(62, 38 + 6.4 * Math.min(LABEL_CHARS, letters))
  }
  return { left: room(columns[0]?.labels), right: room(columns.at(-1)?.labels) }
}

/** Half of a unit: a circle, or lower and wider where there is no room for one with its number in it. */
export function halfUnit({ radiusPx }: NetworkLayout): { readonly width: number; readonly height: number } {
  return radiusPx >= CIRCLE_PX
    ? { width: radiusPx, height: radiusPx }
    : { width: WIDE_PX, height: Math.min(radiusPx, 10) }
}

export interface ShownColumn extends ShownNumbers {
  /** The largest |value|. */
  readonly largest: number
}

/** The numbers of each column as far as the walk has come. */
export function shownColumns(
  view: MicroscopeView | null,
  phases: readonly Phase[],
  at: number,
  columns: readonly MicroscopeColumn[]
): readonly ShownColumn[] {
  return columns.map(({ name }) => {
    const of: ShownNumbers = view === null ? { symbol: '', values: [] } : shownNumbers(view, phases, at, name)
    return { ...of, largest: largestSize(of.values) }
  })
}

export function colourOf(value: number): string {
  return value > 0 ? 'var(--positive)' : value < 0 ? 'var(--negative)' : 'var(--text-3)'
}

/** How much of its colour a unit has: from 8 to 46 percent. */
export function tintOf({ values, largest }: ShownColumn, index: number): number {
  const value = values[index]
  if (value === undefined || largest === 0) return 8
  const share = Math.abs(value) / largest
  // What is not finite is as strong as can be.
  return 8 + 38 * (Number.isNaN(share) ? 1 : Math.min(1, share))
}

/** What a unit of the drawing stands for; null for inputs. */
export function unitSelection(columns: readonly MicroscopeColumn[], column: number, unit: number): Selection | null {
  const layer = columns[column]?.name
  return column === 0 || layer === undefined ? null : { kind: 'unit', layer, unit }
}

/** The weight that a line of the drawing is. */
export function edgeSelection(columns: readonly MicroscopeColumn[], { column, from, to }: EdgePlace): Selection | null {
  const [target, source] = [columns[column], columns[column - 1]]
  if (target === undefined || source === undefined) return null
  return weightAt(target.name, to, from === BIAS ? null : from, source.size)
}

/** A unit for who does not see it. */
export function unitText(
  columns: readonly MicroscopeColumn[],
  shown: readonly ShownColumn[],
  column: number,
  index: number
): string {
  const [drawn, numbers] = [columns[column], shown[column]]
  if (drawn === undefined) return ''
  if (drawn.kind === 'box') return `${drawn.name}, ${drawn.typeLabel}, ${shapeText(drawn.shape)}`
  const name = unitName(columns, drawn.name, index)
  const owner = drawn.labels.length > 0 ? `${drawn.name} ${name}` : name
  const value = numbers?.values[index]
  if (numbers === undefined || value === undefined || numbers.symbol === '') return `${owner}, not computed yet`
  return `${owner}, ${numbers.symbol} ${numbers.symbol === 'δ' ? signedNumber(value) : tableNumber(value)}`
}

const edgeLetters: Readonly<Record<EdgeMode, string>> = { weight: 'w', gradient: '∂E/∂w', change: 'w′ − w' }

/** The line that is pointed at: "petal_length → dense1[3]: w = −0.42". @param modeOf of a layer */
export function edgeText(
  columns: readonly MicroscopeColumn[],
  edges: readonly DrawnEdge[],
  { column, from, to }: EdgePlace,
  modeOf: (layer: string) => EdgeMode
): string {
  const [target, source] = [columns[column]?.name ?? '', columns[column - 1]?.name ?? '']
  const given = from === BIAS ? 'constant 1' : unitName(columns, source, from)
  const drawn = edges.find((edge) => edge.column === column && edge.from === from && edge.to === to)
  return `${given} → ${unitName(columns, target, to)}: ${edgeLetters[modeOf(target)]} = ${signedNumber(drawn?.weight)}`
}

/** What the thickness of lines says in a phase. */
export function thicknessText(phase: Phase | null): string {
  if (phase?.kind === 'descent') return 'w′ − w, what the step adds to each weight'
  return phase?.kind === 'backward' ? '∂E/∂w where the error has come back, else w' : 'w, the weights'
}

/** The strongest of the lines that numbers travel along. @param into columns that they lead to */
export function pulsesOf(edges: readonly DrawnEdge[], into: readonly number[]): readonly DrawnEdge[] {
  const under = edges.filter(({ column }) => into.includes(column))
  return under.toSorted((one, other) => other.strength - one.strength).slice(0, MOST_PULSES)
}

/** The line of a weight of a dense layer; null for other weights. */
export function edgeOfWeight(columns: readonly MicroscopeColumn[], { place }: ExplainedWeight): EdgePlace | null {
  if (place === null) return null
  return {
    column: columns.findIndex(({ name }) => name === place.layer),
    from: place.input ?? BIAS,
    to: place.unit
  }
}

/** A way to the error, line by line. */
export function linesOfPath(
  layout: NetworkLayout,
  columns: readonly MicroscopeColumn[],
  { units }: GradientPath
): readonly string[] {
  return units.slice(1).flatMap(({ layer, unit }, place) => {
    const column = columns.findIndex(({ name }) => name === layer)
    return lineBetween(layout, { column, from: units[place]?.unit ?? 0, to: unit }) ?? []
  })
}
