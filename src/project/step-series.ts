/** The losses of single steps in bounded memory, and how stretches of them are thinned to what can be drawn. */
import type { StepSeries } from '../shared/run-views'

/** Buckets: as many steps as are kept one by one, which takes longer than the lowest and highest of some. */
const CAPACITY = 2 ** 15
/** Moments at which it is known how long training had taken. */
const MAX_TIMES = 2 ** 14

/** Steps one behind the other. */
export interface StepBlock {
  /** Number of the first one, from 1. */
  readonly first: number
  readonly losses: Float64Array
  /** One for each step, or one for all. */
  readonly rates: Float64Array | number
  /** Trained for so long after the step before the first, and after the last. */
  readonly elapsedMs: readonly [from: number, to: number]
  /** After the last, in epochs. */
  readonly position: number
}

/** Steps one behind the other, with all that is known of each; whoever is given some copies what it keeps. */
export interface StepColumns {
  /** Number of the first one, from 1. */
  readonly first: number
  /** After each, in epochs. */
  readonly positions: Float64Array
  /** Trained for so long after each. */
  readonly elapsedMs: Float64Array
  readonly losses: Float64Array
  readonly rates: Float64Array
}

/** Growing columns of rising numbers. */
class Column {
  length = 0
  private values = new Float64Array(64)

  push(value: number): void {
    if (this.length === this.values.length) {
      const more = new Float64Array(2 * this.length)
      more.set(this.values)
      this.values = more
    }
    this.values[this.length++] = value
  }

  at(index: number): number {
    return index < this.length ? (this.values[index] ?? NaN) : NaN
  }

  /** How many are not above `value`. */
  countUpTo(value: number): number {
    let [low, high] = [0, this.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.at(middle) <= value) low = middle + 1
      else high = middle
    }
    return low
  }

  cut(length: number): void {
    this.length = Math.min(this.length, length)
  }

  /** Keeps every second one, and the last. */
  halve(): void {
    const last = this.at(this.length - 1)
    let kept = 0
    for (let i = 0; i < this.length; i += 2) this.values[kept++] = this.at(i)
    if (this.length % 2 === 0) this.values[kept++] = last
    this.length = kept
  }
}

/** Where the steps of a run lie in epochs and in time. */
export class StepPlaces {
  private readonly ends = new Column()
  private readonly timeSteps = new Column()
  private readonly times = new Column()
  /** Of the epoch in progress: a step in it, and the position of that. */
  private latest: { step: number; position: number } | null = null

  /** @param begin steps behind the run when it began, and epochs */
  constructor(private readonly begin: { readonly step: number; readonly epochs: number }) {}

  endEpoch(step: number): void {
    this.ends.push(step)
  }

  /** Known once a block of steps was taken. */
  took({ first, losses, elapsedMs: [from, to], position }: StepBlock): void {
    const last = first + losses.length - 1
    this.latest = { step: last, position }
    if (!(this.timeSteps.at(this.timeSteps.length - 1) >= first - 1)) this.addTime(first - 1, from)
    this.addTime(last, to)
  }

  private addTime(step: number, elapsedMs: number): void {
    if (this.times.length >= MAX_TIMES) {
      this.timeSteps.halve()
      this.times.halve()
    }
    this.timeSteps.push(step)
    this.times.push(elapsedMs)
  }

  position(step: number): number {
    const ended = this.ends.countUpTo(step)
    const start = ended === 0 ? this.begin.step : this.ends.at(ended - 1)
    const epochs = this.begin.epochs + ended
    if (step <= start) return epochs
    if (ended < this.ends.length) return epochs + (step - start) / (this.ends.at(ended) - start)
    if (this.latest === null || this.latest.step <= start) return epochs
    return epochs + ((this.latest.position - epochs) * (step - start)) / (this.latest.step - start)
  }

  elapsed(step: number): number {
    const after = this.timeSteps.countUpTo(step)
    if (after === 0) return this.times.length === 0 ? 0 : this.times.at(0)
    const [from, fromTime] = [this.timeSteps.at(after - 1), this.times.at(after - 1)]
    if (after === this.times.length || from === step) return fromTime
    return fromTime + ((this.times.at(after) - fromTime) * (step - from)) / (this.timeSteps.at(after) - from)
  }

  /** Forgets all after that step; `epochs` is how many had ended by then. */
  cut(step: number, epochs: number): void {
    const position = this.position(step)
    const elapsed = this.elapsed(step)
    this.ends.cut(epochs - this.begin.epochs)
    const kept = this.timeSteps.countUpTo(step)
    this.timeSteps.cut(kept)
    this.times.cut(kept)
    if (kept > 0 && this.timeSteps.at(kept - 1) < step) this.addTime(step, elapsed)
    this.latest = { step, position }
  }
}

/** Buckets of equally many steps, each with its lowest and highest loss. */
export class StepPyramid {
  private width = 1
  /** Buckets in use. */
  private used = 0
  private last: number
  /** As they are, whatever is drawn of the others. */
  private ends: { readonly first: Point; last: Point } | null = null
  private readonly lowStep: Float64Array
  private readonly low: Float64Array
  private readonly lowRate: Float64Array
  private readonly highStep: Float64Array
  private readonly high: Float64Array
  private readonly highRate: Float64Array

  /**
   * @param before the step before the first
   * @param capacity buckets, an even number: when they run out they are merged in pairs
   */
  constructor(
    private readonly before: number,
    private readonly capacity = CAPACITY
  ) {
    this.last = before
    const column = () => new Float64Array(capacity)
    ;[this.lowStep, this.low, this.lowRate] = [column(), column(), column()]
    ;[this.highStep, this.high, this.highRate] = [column(), column(), column()]
  }

  get lastStep(): number {
    return this.last
  }

  /** Steps that a bucket holds. */
  get stepsPerBucket(): number {
    return this.width
  }

  add({ first, losses, rates }: StepBlock): void {
    const end = first + losses.length - this.before - 1
    while (Math.ceil(end / this.width) > this.capacity) this.mergePairs()
    const rateAt = (i: number) => (typeof rates === 'number' ? rates : (rates[i] ?? NaN))
    let i = 0
    while (i < losses.length) {
      const bucket = Math.floor((first + i - this.before - 1) / this.width)
      // Steps that the log lost leave buckets empty.
      while (this.used <= bucket) this.lowStep[this.used++] = 0
      const until = Math.min(losses.length, (bucket + 1) * this.width + this.before + 1 - first)
      let low = i
      let high = i
      let lowest = losses[i] ?? NaN
      let highest = lowest
      for (let at = i + 1; at < until; at++) {
        const loss = losses[at] ?? NaN
        if (loss < lowest || Number.isNaN(lowest)) {
          low = at
          lowest = loss
        }
        if (loss > highest || Number.isNaN(highest)) {
          high = at
          highest = loss
        }
      }
      const isEmpty = this.lowStep[bucket] === 0
      if (isEmpty || lowest < (this.low[bucket] ?? NaN) || Number.isNaN(this.low[bucket])) {
        this.lowStep[bucket] = first + low
        this.low[bucket] = lowest
        this.lowRate[bucket] = rateAt(low)
      }
      if (isEmpty || highest > (this.high[bucket] ?? NaN) || Number.isNaN(this.high[bucket])) {
        this.highStep[bucket] = first + high
        this.high[bucket] = highest
        this.highRate[bucket] = rateAt(high)
      }
      i = until
    }
    this.last = Math.max(this.last, first + losses.length - 1)
    const pointAt = (i: number): Point => {
      return { step: first + i, loss: losses[i] ?? NaN, rate: typeof rates === 'number' ? rates : (rates[i] ?? NaN) }
    }
    const last = pointAt(losses.length - 1)
    if (this.ends === null) this.ends = { first: pointAt(0), last }
    else this.ends.last = last
  }

  private mergePairs(): void {
    const has = (at: number) => at < this.used && this.lowStep[at] !== 0
    for (let bucket = 0; bucket < this.capacity / 2; bucket++) {
      const one = 2 * bucket
      const other = one + 1
      const lower = has(one) && !(has(other) && (this.low[other] ?? NaN) < (this.low[one] ?? NaN)) ? one : other
      const higher = has(one) && !(has(other) && (this.high[other] ?? NaN) > (this.high[one] ?? NaN)) ? one : other
      this.lowStep[bucket] = has(lower) ? (this.lowStep[lower] ?? 0) : 0
      this.low[bucket] = this.low[lower] ?? NaN
      this.lowRate[bucket] = this.lowRate[lower] ?? NaN
      this.highStep[bucket] = has(higher) ? (this.highStep[higher] ?? 0) : 0
      this.high[bucket] = this.high[higher] ?? NaN
      this.highRate[bucket] = this.highRate[higher] ?? NaN
    }
    this.used = Math.ceil(this.used / 2)
    this.width *= 2
  }

  /** Whether a stretch of steps is known as finely as so many points need it. */
  isFine(from: number, to: number, points: number): boolean {
    return this.width === 1 || (to - from + 1) / this.width >= points / 2
  }

  /** Adds what it knows of the steps from one to another. */
  tell(from: number, to: number, envelope: Envelope): void {
    const start = Math.max(0, Math.floor((from - this.before - 1) / this.width))
    const end = Math.min(this.used, Math.floor((to - this.before - 1) / this.width) + 1)
    const { first, last } = this.ends ?? { first: null, last: null }
    if (first !== null && first.step >= from && first.step <= to) envelope.add(first.step, first.loss, first.rate)
    for (let bucket = start; bucket < end; bucket++) {
      const lowStep = this.lowStep[bucket] ?? 0
      if (lowStep === 0) continue
      const highStep = this.highStep[bucket] ?? 0
      const low = this.low[bucket] ?? NaN
      const lowRate = this.lowRate[bucket] ?? NaN
      const isLow = lowStep >= from && lowStep <= to
      const isHigh = highStep >= from && highStep <= to && highStep !== lowStep
      if (isLow && lowStep < highStep) envelope.add(lowStep, low, lowRate)
      if (isHigh) envelope.add(highStep, this.high[bucket] ?? NaN, this.highRate[bucket] ?? NaN)
      if (isLow && lowStep >= highStep) envelope.add(lowStep, low, lowRate)
    }
    if (last !== null && last.step >= from && last.step <= to) envelope.add(last.step, last.loss, last.rate)
  }
}

interface Point {
  readonly step: number
  readonly loss: number
  readonly rate: number
}

/** The lowest and the highest of each of some equal stretches of steps, and the first and the last step of all. */
export class Envelope {
  private readonly stretches: number
  private readonly steps: number[] = []
  private readonly losses: number[] = []
  private readonly rates: number[] = []
  /** The last step that counts for that stretch. */
  private until = -1
  /** Of the stretch; step 0 where there is none. */
  private lowStep = 0
  private low = NaN
  private lowRate = NaN
  private highStep = 0
  private high = NaN
  private highRate = NaN
  private lastStep = 0
  private last = NaN
  private lastRate = NaN

  /** @param points about how many to keep, from 2 */
  constructor(
    private readonly from: number,
    private readonly to: number,
    points: number
  ) {
    this.stretches = Math.max(1, Math.floor(points / 2))
  }

  /** In order of the steps. */
  add(step: number, loss: number, rate: number): void {
    if (step > this.until) {
      this.flush()
      const all = this.to - this.from + 1
      if (all <= 2 * this.stretches) this.until = step
      else {
        const stretch = Math.floor(((step - this.from) * this.stretches) / all)
        this.until = this.from + Math.ceil(((stretch + 1) * all) / this.stretches) - 1
      }
      if (this.steps.length === 0) this.keep(step, loss, rate)
    }
    this.lastStep = step
    this.last = loss
    this.lastRate = rate
    if (this.lowStep === 0 || loss < this.low || Number.isNaN(this.low)) {
      this.lowStep = step
      this.low = loss
      this.lowRate = rate
    }
    if (this.highStep === 0 || loss > this.high || Number.isNaN(this.high)) {
      this.highStep = step
      this.high = loss
      this.highRate = rate
    }
  }

  private keep(step: number, loss: number, rate: number): void {
    if (this.steps.length > 0 && (this.steps.at(-1) ?? 0) >= step) return
    this.steps.push(step)
    this.losses.push(loss)
    this.rates.push(rate)
  }

  private flush(): void {
    if (this.lowStep === 0) return
    if (this.lowStep <= this.highStep) this.keep(this.lowStep, this.low, this.lowRate)
    this.keep(this.highStep, this.high, this.highRate)
    if (this.lowStep > this.highStep) this.keep(this.lowStep, this.low, this.lowRate)
    this.lowStep = this.highStep = 0
    this.low = this.high = NaN
  }

  series(places: StepPlaces): StepSeries {
    this.flush()
    if (this.lastStep > 0) this.keep(this.lastStep, this.last, this.lastRate)
    return {
      step: this.steps,
      position: this.steps.map((step) => places.position(step)),
      elapsedMs: this.steps.map((step) => places.elapsed(step)),
      loss: this.losses,
      learningRate: this.rates
    }
  }
}
