/** What stands in a chart beside its lines, laid out in px for the canvas and the exported picture alike. */
import type { Token } from './chart'
import type { Scene, SceneAxis } from './scene'

export interface Area {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

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
 * @param format a value of the y axis
 * @param widthOf a label, in px
 */
export function shapesOf(
  scene: Scene,
  area: Area,
  format: (value: number) => string,
  widthOf: (text: string) => number
): Shape[] {
  return [
    ...bandShapes(scene, area, widthOf),
    ...levelShapes(scene, area, format, widthOf),
    ...markShapes(scene, area, widthOf),
    ...momentShapes(scene, area)
  ]
}

function bandShapes({ band, y, lines }: Scene, area: Area, widthOf: (text: string) => number): Shape[] {
  if (band === null || lines.length === 0) return []
  const toY = projection(y, area.bottom, area.top)
  const top = Math.max(area.top, toY(band.to))
  const bottom = Math.min(area.bottom, toY(band.from))
  if (bottom - top < 1) return []
  const box: Shape = { type: 'box', area: { ...area, top, bottom }, colour: '--ok', strength: 10 }
  const fits = bottom - top >= ROW && widthOf(band.label) < area.right - area.left
  if (!fits) return [box]
  return [
    box,
    { type: 'text', at: [area.left + GAP, bottom - GAP], side: 'left', text: band.label, colour: '--text-3' }
  ]
}

function levelShapes(
  { levels, y }: Scene,
  area: Area,
  format: (value: number) => string,
  widthOf: (text: string) => number
): Shape[] {
  const toY = projection(y, area.bottom, area.top)
  const taken: number[] = []
  return levels.flatMap(({ label, value, beyond }): Shape[] => {
    const arrow = beyond === null ? '' : beyond === 'top' ? ' ↑' : ' ↓'
    const text = `${label} ${format(value)}${arrow}`
    const at = beyond === null ? toY(value) : beyond === 'top' ? area.top : area.bottom
    // Above its line, or the next place up or down that is free.
    let baseline = Math.max(area.top + 9, at - GAP)
    while (taken.some((other) => Math.abs(other - baseline) < ROW - 1))
      baseline += at < (area.top + area.bottom) / 2 ? ROW : -ROW
    taken.push(baseline)
    const rule: Shape = {
      type: 'rule',
      from: [area.left, at],
      to: [area.right, at],
      colour: '--text-3',
      dash: [1.5, 3]
    }
    const named: Shape[] =
      widthOf(text) < area.right - area.left
        ? [{ type: 'text', at: [area.right - GAP, baseline], side: 'right', text, colour: '--text-3' }]
        : []
    return beyond === null ? [rule, ...named] : named
  })
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
