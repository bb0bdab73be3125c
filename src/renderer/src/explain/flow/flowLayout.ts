/** Where layers, units and connections of a network stand in the drawing of the error's way back: pure geometry. */
import { INPUT } from '../../../../engine/catalog'
import type { LayerFlow } from '../../../../shared/gradient-views'
import { curve } from '../../components/networkLayout'

export const unitPx = { radius: 7.5, spacing: 25 } as const
const TOP_PX = 46
/** Under the units: the number that arrives, and its ratio. */
const BOTTOM_PX = 44
const SIDE_PX = 40
const LEAST_GAP_PX = 60
const MOST_GAP_PX = 190
/** Units of a layer that are drawn. */
const MOST_UNITS = 6
/** Of connections that pass over layers. */
const ARC_PX = 16
const MOST_LIFT_PX = 18

export interface PlacedUnit {
  readonly unit: number
  readonly y: number
  /** Null for inputs, which the error does not change. */
  readonly delta: number | null
}

export interface FlowColumn {
  readonly name: string
  readonly x: number
  /** Null for the input. */
  readonly layer: LayerFlow | null
  readonly units: readonly PlacedUnit[]
  /** Units that are not drawn. */
  readonly hidden: number
  /** Where it is said how many; null where all are drawn. */
  readonly gapY: number | null
}

export interface FlowEdge {
  readonly key: string
  /** Column that the error arrives at. */
  readonly arrives: number
  /** Column that it comes from. */
  readonly leaves: number
  readonly path: string
  /** What arrives at the unit, or at the layer as a whole; null at inputs. */
  readonly delta: number | null
}

export interface FlowLayout {
  readonly widthPx: number
  readonly heightPx: number
  readonly columns: readonly FlowColumn[]
  readonly edges: readonly FlowEdge[]
}

/**
 * @param layers in the order of the network
 * @param inputs numbers of a row; null leaves the input out
 * @param most units of a layer that are drawn
 */
export function flowLayout(
  layers: readonly LayerFlow[],
  inputs: number | null,
  viewPx: number,
  most = MOST_UNITS
): FlowLayout {
  const drawn = [
    ...(inputs === null ? [] : [{ name: INPUT, layer: null, ...abridged(inputUnits(inputs), inputs, most) }]),
    ...layers.map((layer) => ({
      ...{ name: layer.layer, layer },
      ...abridged(layer.shownUnits, layer.units, most)
    }))
  ]
  const gaps = Math.max(1, drawn.length - 1)
  const gapPx = Math.min(MOST_GAP_PX, Math.max(LEAST_GAP_PX, (viewPx - 2 * SIDE_PX) / gaps))
  const widthPx = Math.max(viewPx, 2 * SIDE_PX + gaps * gapPx)
  const left = (widthPx - gaps * gapPx) / 2
  const rowsOf = (units: number, hidden: number): number => units + (hidden > 0 ? 1 : 0)
  const mostRows = Math.max(1, ...drawn.map(({ units, hidden }) => rowsOf(units.length, hidden)))
  const middle = TOP_PX + (mostRows * unitPx.spacing) / 2
  const columns = drawn.map(({ name, layer, units, hidden }, place): FlowColumn => {
    const rows = rowsOf(units.length, hidden)
    const y = (row: number): number => middle + (row - (rows - 1) / 2) * unitPx.spacing
    const head = hidden > 0 ? Math.ceil(units.length / 2) : units.length
    return {
      ...{ name, layer, hidden, x: left + place * gapPx, gapY: hidden > 0 ? y(head) : null },
      units: units.map((each, row) => ({ ...each, y: y(row < head ? row : row + 1) }))
    }
  })
  return { widthPx, heightPx: TOP_PX + mostRows * unitPx.spacing + BOTTOM_PX, columns, edges: edgesOf(columns) }
}

/** Of many, those at either end. */
function inputUnits(count: number): { unit: number; delta: null }[] {
  const told = Math.min(count, 2 * MOST_UNITS)
  return Array.from({ length: told }, (_, i) => ({ unit: i < MOST_UNITS ? i : count - told + i, delta: null }))
}

/** The first units and the last ones. */
function abridged<Unit>(
  units: readonly Unit[],
  count: number,
  most: number
): { units: readonly Unit[]; hidden: number } {
  const last = Math.floor(most / 2)
  const shown = units.length <= most ? units : [...units.slice(0, most - last), ...units.slice(units.length - last)]
  return { units: shown, hidden: count - shown.length }
}

function edgesOf(columns: readonly FlowColumn[]): FlowEdge[] {
  const places = new Map(columns.map(({ name }, place) => [name, place]))
  return columns.flatMap((target, leaves) => {
    if (target.layer === null) return []
    // What is left out of the drawing passes on what the column before it gives.
    const sources = target.layer.inputs.map((name) => places.get(name) ?? leaves - 1)
    return [...new Set(sources)].flatMap((arrives) => {
      const source = columns[arrives]
      if (source === undefined) return []
      return arrives === leaves - 1
        ? between(source, target, arrives, leaves)
        : [
            {
              key: `${arrives}:${leaves}`,
              arrives,
              leaves,
              path: over(source, target),
              delta: source.layer?.delta ?? null
            }
          ]
    })
  })
}

function between(source: FlowColumn, target: FlowColumn, arrives: number, leaves: number): FlowEdge[] {
  return source.units.flatMap((from) =>
    target.units.map((to) => ({
      ...{ key: `${arrives}.${from.unit}:${leaves}.${to.unit}`, arrives, leaves, delta: from.delta },
      path: curve(source.x + unitPx.radius, from.y, target.x - unitPx.radius, to.y)
    }))
  )
}

/** From top to top, above the layers between. */
function over(source: FlowColumn, target: FlowColumn): string {
  const top = (column: FlowColumn): number => (column.units[0]?.y ?? TOP_PX) - unitPx.radius - 1
  const [y1, y2] = [top(source), top(target)]
  const up = Math.max(TOP_PX - MOST_LIFT_PX, Math.min(y1, y2) - ARC_PX)
  return `M${source.x} ${y1.toFixed(1)}C${source.x} ${up.toFixed(1)} ${target.x} ${up.toFixed(1)} ${target.x} ${y2.toFixed(1)}`
}
