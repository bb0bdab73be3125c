/** Which edge of the drawing a point is on, and the line of an edge whose ends may be abridged. */
import { BIAS, curve, halfWidth, type DrawnColumn, type NetworkLayout } from '../../components/networkLayout'

export interface EdgePlace {
  /** Column that the edge leads to. */
  readonly column: number
  /** Neuron, or `BIAS`. */
  readonly from: number
  readonly to: number
}

/** The edge nearest to a point, where one is within reach. Edges are those of `networkEdges`. @param reach in px */
export function edgeAt(layout: NetworkLayout, x: number, y: number, reach = 6): EdgePlace | null {
  let best: (EdgePlace & { readonly distance: number }) | null = null
  layout.columns.forEach((target, column) => {
    const source = layout.columns[column - 1]
    if (source === undefined || !target.sources.includes(column - 1) || target.kind === 'box') return
    if (x <= source.x || x >= target.x) return
    const x2 = target.x - layout.radiusPx
    const sources = source.kind === 'box' ? [] : source.neurons.map(({ index, y: at }) => ({ index, y: at }))
    if (source.biasY !== null) sources.push({ index: BIAS, y: source.biasY })
    for (const from of sources) {
      const x1 = source.x + (from.index === BIAS ? layout.radiusPx : halfWidth(source, layout))
      if (x <= x1 || x >= x2) continue
      const t = shareAt((x - x1) / (x2 - x1))
      const share = t * t * (3 - 2 * t)
      for (const to of target.neurons) {
        // Across the line, not straight down: steep ones are as easy to hit.
        const steep = ((to.y - from.y) * 6 * t * (1 - t)) / ((x2 - x1) * (1.5 - 3 * t + 3 * t * t))
        const distance = Math.abs(y - from.y - (to.y - from.y) * share) / Math.hypot(1, steep)
        if (distance <= reach && (best === null || distance < best.distance)) {
          best = { column, from: from.index, to: to.index, distance }
        }
      }
    }
  })
  return best
}

/** t of the curve where its x is that share of the way: x(t) = 1.5 t − 1.5 t² + t³, which grows all the way. */
function shareAt(share: number): number {
  let [low, high] = [0, 1]
  for (let i = 0; i < 20; i += 1) {
    const t = (low + high) / 2
    if (1.5 * t - 1.5 * t * t + t * t * t < share) low = t
    else high = t
  }
  return (low + high) / 2
}

/** Where a unit stands; units that are left out, where the ellipsis is. */
export function heightOf(column: DrawnColumn, index: number): number | null {
  if (index === BIAS) return column.biasY
  if (column.kind === 'box') return column.neurons[0]?.y ?? null
  return column.neurons.find((neuron) => neuron.index === index)?.y ?? column.gapY
}

/** The line between two units of neighbouring columns; null where one has no place. */
export function lineBetween(layout: NetworkLayout, { column, from, to }: EdgePlace): string | null {
  const [source, target] = [layout.columns[column - 1], layout.columns[column]]
  if (source === undefined || target === undefined) return null
  const [y1, y2] = [heightOf(source, from), heightOf(target, to)]
  if (y1 === null || y2 === null) return null
  const x1 = source.x + (from === BIAS ? layout.radiusPx : halfWidth(source, layout))
  return curve(x1, y1, target.x - halfWidth(target, layout), y2)
}
