/** Where labels may stand in a picture, in px: what they would cover. */
import type { SceneLine } from './scene'

export interface Area {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** What a label takes. */
export type Box = Area

const ASCENT = 9
const DESCENT = 3
/** Px between two looks at a line. */
const EVERY = 4
/** Lines that are fainter, in percent, may be covered: they are background. */
const FAINT = 50

/** @param side of the text that stands at x */
export function boxOf(x: number, baseline: number, width: number, side: 'left' | 'right'): Box {
  const left = side === 'left' ? x : x - width
  return { left, right: left + width, top: baseline - ASCENT, bottom: baseline + DESCENT }
}

export function overlaps(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom
}

type Project = (value: number) => number

/** At how many places lines run through a box. */
export function crossings(lines: readonly SceneLine[], box: Box, toX: Project, toY: Project): number {
  let count = 0
  for (const line of lines) {
    if (line.strength < FAINT) continue
    for (let px = box.left; px <= box.right; px += EVERY) {
      const y = heightAt(line, px, toX, toY)
      if (y >= box.top && y <= box.bottom) count += 1
    }
  }
  return count
}

/** Height of a line at a place, between its points; NaN where it has none. */
function heightAt({ x, y }: SceneLine, px: number, toX: Project, toY: Project): number {
  let [low, high] = [0, x.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (toX(x[middle] ?? Number.NaN) < px) low = middle + 1
    else high = middle
  }
  const [before, after] = [toX(x[low - 1] ?? Number.NaN), toX(x[low] ?? Number.NaN)]
  const [from, to] = [toY(y[low - 1] ?? Number.NaN), toY(y[low] ?? Number.NaN)]
  if (after > before) return from + ((to - from) * (px - before)) / (after - before)
  return Math.abs(after - px) < EVERY ? to : Number.NaN
}
