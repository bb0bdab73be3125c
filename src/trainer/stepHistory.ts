/**
 * The losses of single steps, kept within a fixed budget: when there are too many, stretches of steps are
 * reduced to their lowest and highest loss, so a spike is never lost from the picture.
 */
import type { StepSeries } from '../shared/views'

export interface StepPoint {
  /** Position in epochs: step / stepsPerEpoch. */
  readonly epoch: number
  readonly loss: number
}

/**
 * At most `limit` of the points, in order: the lowest and the highest of each of `limit / 2` equal stretches.
 * Shapes: n points → min(n, limit) points; the first stretch begins at the first point, the last ends at the last.
 * @param limit an even number from 2
 */
export function thinToExtremes(points: readonly StepPoint[], limit: number): StepPoint[] {
  if (points.length <= limit) return [...points]
  const stretches = limit / 2
  const kept: StepPoint[] = []
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    const from = Math.floor((stretch * points.length) / stretches)
    const to = Math.floor(((stretch + 1) * points.length) / stretches)
    kept.push(...extremes(points.slice(from, to)))
  }
  return kept
}

function extremes(points: readonly StepPoint[]): StepPoint[] {
  let lowest = points[0]
  let highest = points[0]
  if (lowest === undefined || highest === undefined) return []
  for (const point of points) {
    if (point.loss < lowest.loss) lowest = point
    if (point.loss > highest.loss) highest = point
  }
  if (lowest === highest) return [lowest]
  return lowest.epoch < highest.epoch ? [lowest, highest] : [highest, lowest]
}

export function toSeries(points: readonly StepPoint[]): StepSeries {
  return { epoch: points.map((point) => point.epoch), loss: points.map((point) => point.loss) }
}

/**
 * Step losses of a whole run in bounded memory: buckets of equally many steps, each with its lowest and
 * highest loss. When the buckets run out they are merged in pairs, so early and late steps keep the same detail.
 */
export class StepHistory {
  private buckets: StepPoint[][] = []
  private stepsPerBucket = 1
  private stepsInLast = 0

  /** @param limit the most points the series may have; a multiple of 4 */
  constructor(private readonly limit = 4096) {}

  add(point: StepPoint): void {
    const last = this.buckets.at(-1)
    if (last !== undefined && this.stepsInLast < this.stepsPerBucket) {
      this.buckets[this.buckets.length - 1] = extremes([...last, point])
      this.stepsInLast += 1
      return
    }
    if (this.buckets.length * 2 >= this.limit) this.mergePairs()
    this.buckets.push([point])
    this.stepsInLast = 1
  }

  series(): StepSeries {
    return toSeries(this.buckets.flat())
  }

  private mergePairs(): void {
    const merged: StepPoint[][] = []
    for (let index = 0; index < this.buckets.length; index += 2) {
      merged.push(extremes([...(this.buckets[index] ?? []), ...(this.buckets[index + 1] ?? [])]))
    }
    this.buckets = merged
    this.stepsPerBucket *= 2
  }
}
