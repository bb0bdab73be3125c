/**
 * A series that only grows, in bounded memory: stretches of equally many points, each with its lowest and highest
 * one. When there are too many stretches they are merged in pairs, so drawing costs the same however long the
 * series is, and no spike is lost.
 */
import type { Columns } from './thinning'

interface Stretch {
  lowX: number
  low: number
  highX: number
  high: number
  points: number
}

export class Extremes {
  /** Over the whole series; low > high while it is empty. */
  low = Number.POSITIVE_INFINITY
  high = Number.NEGATIVE_INFINITY
  /** The lowest value above 0, for logarithmic axes. */
  lowPositive = Number.POSITIVE_INFINITY
  private stretches: Stretch[] = []
  private pointsPerStretch = 1

  /** @param limit most stretches; even */
  constructor(private readonly limit = 2048) {}

  /** Adds a point to the right of all others; values that are not finite are left out. */
  add(x: number, y: number): void {
    if (!Number.isFinite(y)) return
    if (y < this.low) this.low = y
    if (y > this.high) this.high = y
    if (y > 0 && y < this.lowPositive) this.lowPositive = y
    const last = this.stretches.at(-1)
    if (last !== undefined && last.points < this.pointsPerStretch) {
      widen(last, { lowX: x, low: y, highX: x, high: y, points: 1 })
      return
    }
    if (this.stretches.length >= this.limit) this.mergePairs()
    this.stretches.push({ lowX: x, low: y, highX: x, high: y, points: 1 })
  }

  /** The extremes in the order of x: at most 2·limit points. */
  columns(): Columns {
    const x: number[] = []
    const y: number[] = []
    const push = (atX: number, atY: number): void => {
      x.push(atX)
      y.push(atY)
    }
    for (const { lowX, low, highX, high } of this.stretches) {
      if (lowX === highX) push(lowX, low)
      else if (lowX < highX) {
        push(lowX, low)
        push(highX, high)
      } else {
        push(highX, high)
        push(lowX, low)
      }
    }
    return { x, y }
  }

  private mergePairs(): void {
    const merged: Stretch[] = []
    this.stretches.forEach((stretch, index) => {
      const first = merged.at(-1)
      if (index % 2 === 1 && first !== undefined) widen(first, stretch)
      else merged.push(stretch)
    })
    this.stretches = merged
    this.pointsPerStretch *= 2
  }
}

function widen(stretch: Stretch, other: Stretch): void {
  if (other.low < stretch.low) {
    stretch.low = other.low
    stretch.lowX = other.lowX
  }
  if (other.high > stretch.high) {
    stretch.high = other.high
    stretch.highX = other.highX
  }
  stretch.points += other.points
}
