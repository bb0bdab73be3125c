/**
 * The single steps of a run, kept within a fixed budget: when there are too many, stretches of steps are reduced to those of
 * the lowest and the highest loss, so a spike is never lost from the picture.
 */
import type { StepColumns } from '../project'
import type { StepSeries } from '../shared/run-views'

/** One step, as it is kept and drawn. */
export interface StepPoint {
  /** From 1, over the run. */
  readonly step: number
  /** In epochs: epochs ended, and the share of the epoch in progress. */
  readonly position: number
  /** Trained for so long, pauses not counted. */
  readonly elapsedMs: number
  readonly loss: number
  readonly learningRate: number
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
    const first = points[from]
    if (first === undefined) continue
    const bucket = new Bucket(first)
    for (let index = from + 1; index < to; index += 1) bucket.add(points[index] ?? first)
    kept.push(...bucket.points)
  }
  return kept
}

export function toSeries(points: readonly StepPoint[]): StepSeries {
  return {
    step: points.map((point) => point.step),
    position: points.map((point) => point.position),
    elapsedMs: points.map((point) => point.elapsedMs),
    loss: points.map((point) => point.loss),
    learningRate: points.map((point) => point.learningRate)
  }
}

export function fromSeries({ step, position, elapsedMs, loss, learningRate }: StepSeries): StepPoint[] {
  return step.map((each, index) => ({
    step: each,
    position: position[index] ?? NaN,
    elapsedMs: elapsedMs[index] ?? NaN,
    loss: loss[index] ?? NaN,
    learningRate: learningRate[index] ?? NaN
  }))
}

/** The steps of the lowest and the highest loss of a stretch. */
class Bucket {
  private lowest: StepPoint
  private highest: StepPoint

  constructor(first: StepPoint) {
    this.lowest = this.highest = first
  }

  /** One point or two, in order. */
  get points(): StepPoint[] {
    const { lowest, highest } = this
    if (lowest === highest) return [lowest]
    return lowest.step < highest.step ? [lowest, highest] : [highest, lowest]
  }

  add(point: StepPoint): void {
    if (point.loss < this.lowest.loss) this.lowest = point
    if (point.loss > this.highest.loss) this.highest = point
  }

  /** Those of some steps from one index to before another. Points are made of the extremes alone. */
  addSteps(steps: StepColumns, from: number, to: number): void {
    const { losses } = steps
    let [low, high] = [-1, -1]
    let [lowest, highest] = [this.lowest.loss, this.highest.loss]
    for (let i = from; i < to; i++) {
      const loss = losses[i] ?? NaN
      if (loss < lowest) {
        lowest = loss
        low = i
      }
      if (loss > highest) {
        highest = loss
        high = i
      }
    }
    if (low >= 0) this.lowest = pointAt(steps, low)
    if (high >= 0) this.highest = pointAt(steps, high)
  }

  join(other: Bucket): void {
    this.add(other.lowest)
    this.add(other.highest)
  }
}

function pointAt({ first, positions, elapsedMs, losses, rates }: StepColumns, index: number): StepPoint {
  return {
    step: first + index,
    position: positions[index] ?? NaN,
    elapsedMs: elapsedMs[index] ?? NaN,
    loss: losses[index] ?? NaN,
    learningRate: rates[index] ?? NaN
  }
}

/**
 * Steps in bounded memory: buckets of equally many steps, each with its lowest and its highest loss. When
 * the buckets run out they are merged in pairs, so early and late steps keep the same detail.
 */
export class StepHistory {
  private buckets: Bucket[] = []
  private last: Bucket | null = null
  private stepsPerBucket = 1
  private stepsInLast = 0

  /** @param limit the most points the series may have; a multiple of 4 */
  constructor(private readonly limit = 4096) {}

  add(point: StepPoint): void {
    if (this.last !== null && this.stepsInLast < this.stepsPerBucket) {
      this.last.add(point)
      this.stepsInLast += 1
      return
    }
    this.begin(point)
  }

  addSteps(steps: StepColumns): void {
    const { length } = steps.losses
    for (let i = 0; i < length;) {
      if (this.last === null || this.stepsInLast === this.stepsPerBucket) this.begin(pointAt(steps, i++))
      const end = Math.min(length, i + this.stepsPerBucket - this.stepsInLast)
      this.last?.addSteps(steps, i, end)
      this.stepsInLast += end - i
      i = end
    }
  }

  series(): StepSeries {
    return toSeries(this.buckets.flatMap(({ points }) => points))
  }

  private begin(point: StepPoint): void {
    if (this.buckets.length * 2 >= this.limit) this.mergePairs()
    this.last = new Bucket(point)
    this.buckets.push(this.last)
    this.stepsInLast = 1
  }

  private mergePairs(): void {
    const merged: Bucket[] = []
    for (let index = 0; index < this.buckets.length; index += 2) {
      const [first, second] = [this.buckets[index], this.buckets[index + 1]]
      if (first === undefined) continue
      if (second !== undefined) first.join(second)
      merged.push(first)
    }
    this.buckets = merged
    this.stepsPerBucket *= 2
  }
}
