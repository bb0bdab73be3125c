/** Steps as they are told, one after the other, so that what is done with each is done with many at once. */
import type { StepEvent } from '../engine'
import type { StepColumns } from '../project'

const CAPACITY = 512

export class StepBuffer {
  private first = 0
  private count = 0
  private readonly positions = new Float64Array(CAPACITY)
  private readonly elapsedMs = new Float64Array(CAPACITY)
  private readonly losses = new Float64Array(CAPACITY)
  private readonly rates = new Float64Array(CAPACITY)

  get isFull(): boolean {
    return this.count === CAPACITY
  }

  /** The step after the one before, where it is not full. @param elapsedMs that it was trained for until then */
  add({ step, position, loss, learningRate }: StepEvent, elapsedMs: number): void {
    const { count } = this
    if (count === 0) this.first = step
    this.positions[count] = position
    this.elapsedMs[count] = elapsedMs
    this.losses[count] = loss
    this.rates[count] = learningRate
    this.count = count + 1
  }

  /** All of them, which it then forgets: good until the next one is added. Null where there are none. */
  take(): StepColumns | null {
    const { first, count } = this
    if (count === 0) return null
    this.count = 0
    return {
      first,
      positions: this.positions.subarray(0, count),
      elapsedMs: this.elapsedMs.subarray(0, count),
      losses: this.losses.subarray(0, count),
      rates: this.rates.subarray(0, count)
    }
  }
}
