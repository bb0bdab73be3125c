/** What stands in a chart beside its lines, laid out in px for the canvas and the exported picture alike. */
import type { Token } from './chart'
import { boxOf, crossings, overlaps, type Area, type Box } from './labels'
import type { Scene, SceneAxis } from './scene'

export type Shape =
  | { readonly type: 'box'; readonly area: Area; readonly colour: Token; readonly strength: number }
  | {
      readonly type: 'rule'
      readonly from: readonly [x: number, y: number]
      readonly to: readonly [x: number, y: number]
      readonly colour: Token
      readonly dash: readonly number[]
    }
  | {
      readonly type: 'text'
      readonly at: readonly [x: number, y: number]
      /** Side of the text that stands there; its baseline is there too. */
      readonly side: 'left' | 'right'
      readonly text: string
      readonly colour: Token
    }

/** Height of a line of labels. */
const ROW = 13
const MOST_ROWS = 4
const GAP = 4

/** Where a value stands between two ends in px. */
export function projection(axis: SceneAxis, start: number, end: number): (value: number) => number {
  const place = (value: number): number => (axis.logarithmic ? Math.log10(value) : value)
  const from = place(axis.min)
  const scale = (end - start) / (place(axis.max) - from)
  return (value) => start + (place(value) - from) * scale
}

/**
 * Texts belong in front of the lines, on a rim of the panel's colour; all else behind them.
 * @param format a value of the y axis
 * @param widthOf a label, in px
 */
export function shapesOf(
  scene: Scene,
  area: Area,
  format: (value: number) => string,
  widthOf: (text: string) => number
): Shape[] {
  const others = [...bandShapes(scene, area, widthOf), ...markShapes(scene, area, widthOf)]
  const taken = others.flatMap((shape) =>
    shape.type === 'text' ? [boxOf(shape.at[0], shape.at[1], widthOf(shape.text), shape.side)] : []
  )
  return [...others, ...levelShapes(scene, area, format, widthOf, taken), ...momentShapes(scene, area)]
}

function bandShapes({ band, x, y, lines }: Scene, area: Area, widthOf: (text: string) => number): Shape[] {
  if (band === null || lines.length === 0) return []
  const toY = projection(y, area.bottom, area.top)
  const top = Math.max(area.top, toY(band.to))
  const bottom = Math.min(area.bottom, toY(band.from))
  if (bottom - top < 1) return []
  const box: Shape = { type: 'box', area: { ...area, top, bottom }, colour: '--ok', strength: 10 }
  const fits = bottom - top >= ROW && widthOf(band.label) < area.right - area.left
  if (!fits) return [box]
  const width = widthOf(band.label)
  const toX = projection(x, area.left, area.right)
  const covers = (at: number, side: 'left' | 'right') =>
    crossings(lines, boxOf(at, bottom - GAP, width, side), toX, toY)
  const [left, right] = [area.left + GAP, area.right - GAP]
  const side = covers(left, 'left') <= covers(right, 'right') ? 'left' : 'right'
  const at = side === 'left' ? left : right
  return [box, { type: 'text', at: [at, bottom - GAP], side, text: band.label, colour: '--text-3' }]
}

/** A line for each level, and its name where it covers no other name and as little of the curves as can be. */
function levelShapes(
  { levels, lines, x, y }: Scene,
  area: Area,
  format: (value: number) => string,
  widthOf: (text: string) => number,
  others: readonly Box[]
): Shape[] {
  const toX = projection(x, area.left, area.right)
  const toY = projection(y, area.bottom, area.top)
  const taken = [...others]
  return levels.flatMap(({ label, value, beyond }): Shape[] => {
    const arrow = beyond === null ? '' : beyond === 'top' ? ' ↑' : ' ↓'
    const text = `${label} ${format(value)}${arrow}`
    const width = widthOf(text)
    const at = beyond === null ? toY(value) : beyond === 'top' ? area.top : area.bottom
    const rule: Shape[] =
      beyond === null
        ? [{ type: 'rule', from: [area.left, at], to: [area.right, at], colour: '--text-3', dash: [1.5, 3] }]
        : []
    if (width >= area.right - area.left) return rule
    const places = placesOf(area, at, width).map((place) => {
      const box = boxOf(place.x, place.baseline, width, place.side)
      const outside = box.top < area.top - 2 || box.bottom > area.bottom + 2
      const covered = taken.some((other) => overlaps(box, other))
      return { ...place, box, cost: place.cost + (outside || covered ? 1000 : 0) + crossings(lines, box, toX, toY) }
    })
    const best = places.reduce((least, place) => (place.cost < least.cost ? place : least))
    taken.push(best.box)
    return [...rule, { type: 'text', at: [best.x, best.baseline], side: best.side, text, colour: '--text-3' }]
  })
}

/** Where the name of a level at this height may stand. What is a little freer is not worth the way: names stay where they are. */
function placesOf(area: Area, at: number, width: number) {
  const across = [
    { x: area.right - GAP, side: 'right' as const, cost: 0 },
    { x: (area.left + area.right - width) / 2, side: 'left' as const, cost: 4 },
    // Where curves begin they are steep.
    { x: area.left + GAP, side: 'left' as const, cost: 8 }
  ]
  const baselines = [
    { baseline: at - GAP, cost: 0 },
    { baseline: at + 11, cost: 1 },
    { baseline: at - GAP - ROW, cost: 5 },
    { baseline: at + 11 + ROW, cost: 5 }
  ]
  return baselines.flatMap(({ baseline, cost }) =>
    across.map((place) => ({ ...place, baseline, cost: place.cost + cost }))
  )
}

function markShapes({ marks, x }: Scene, area: Area, widthOf: (text: string) => number): Shape[] {
  const toX = projection(x, area.left, area.right)
  /** How far each row of labels is taken. */
  const rows: number[] = []
  return marks.flatMap(({ at, label }): Shape[] => {
    const px = Math.round(toX(at)) + 0.5
    const rule: Shape = {
      type: 'rule',
      from: [px, area.top],
      to: [px, area.bottom],
      colour: '--text-3',
      dash: [1.5, 3]
    }
    const width = widthOf(label)
    const toLeft = px + GAP + width > area.right
    const begin = toLeft ? px - GAP - width : px + GAP
    const free = rows.findIndex((end) => end < begin)
    const row = free < 0 ? rows.length : free
    if (row >= MOST_ROWS || begin < area.left) return [rule]
    rows[row] = begin + width + GAP
    const baseline = area.top + 9 + row * ROW
    return [
      rule,
      {
        type: 'text',
        at: [toLeft ? px - GAP : px + GAP, baseline],
        side: toLeft ? 'right' : 'left',
        text: label,
        colour: '--text-3'
      }
    ]
  })
}

function momentShapes({ moment, x }: Scene, area: Area): Shape[] {
  if (moment === null) return []
  const px = Math.round(projection(x, area.left, area.right)(moment)) + 0.5
  return [{ type: 'rule', from: [px, area.top], to: [px, area.bottom], colour: '--accent', dash: [] }]
}
