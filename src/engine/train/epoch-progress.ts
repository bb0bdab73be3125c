/** What is gathered over the epoch in progress. */
import type { StepsTaken } from '../executors/training-executor'
import { permutation } from '../random/stream'
import type { Tensor } from '../tensor/tensor'
import { MetricGatherer, type Metrics } from './metric-gatherer'
import { LossMean } from './loss-mean'
import type { CheckedOptions, TrainOptions } from './options'
import type { EpochState } from './state'
import { stateMismatch } from './state-check'

export class EpochProgress {
  /** Rows trained on so far. */
  done = 0
  /** That the last step was taken with; null before the first one. */
  learningRate: number | null = null
  readonly #options: TrainOptions
  /** Training rows as they are taken. */
  readonly #order: Int32Array
  readonly #metrics: MetricGatherer
  readonly #loss: LossMean

  /**
   * @param epochs ended before this one @param from where it goes on
   * @throws ShapeError `state-mismatch` when that is of other metrics
   */
  constructor(
    options: TrainOptions,
    { problem, rows }: CheckedOptions,
    epochs: number,
    from: EpochState | null = null
  ) {
    const { seed, shuffle = true, task, training, targetScale } = options
    this.#options = options
    this.#loss = new LossMean(problem)
    this.#order = shuffle
      ? permutation(seed, 'shuffle', epochs, rows)
      : Int32Array.from({ length: rows }, (_, row) => row)
    this.#metrics = new MetricGatherer(task, training.targets, targetScale)
    if (from !== null) this.#restore(from)
  }

  get state(): EpochState {
    const { done, learningRate } = this
    return { done, learningRate, loss: this.#loss.state, metrics: this.#metrics.state }
  }

  #restore({ done, learningRate, loss, metrics }: EpochState): void {
    const expected = this.#metrics.state
    if (metrics.length !== expected.length || metrics.some((each, i) => each.length !== expected[i]?.length)) {
      throw stateMismatch('what it gathered of its epoch is of other metrics')
    }
    this.done = done
    this.learningRate = learningRate
    this.#loss.restore(loss)
    this.#metrics.restore(metrics)
  }

  /** That the epoch still takes. */
  get stepsLeft(): number {
    return Math.ceil((this.#order.length - this.done) / this.#options.batchSize)
  }

  /** How many of the epoch's steps, all of today's size, come before the next one. */
  get stepsBehind(): number {
    return Math.floor(this.done / this.#options.batchSize)
  }

  /** The rows of the next batches, at most so many: at least one batch, while rows are left. */
  next(most: number): Int32Array[] {
    const { batchSize } = this.#options
    const batches: Int32Array[] = []
    for (let at = this.done; at < this.#order.length && batches.length < Math.max(1, most); at += batchSize) {
      batches.push(this.#order.subarray(at, at + batchSize))
    }
    return batches
  }

  /** Adds what came of the first of those batches. */
  add(batches: readonly Int32Array[], { losses, outputs }: StepsTaken): void {
    if (losses.length === 0) return
    const rows = batches.slice(0, losses.length).reduce((sum, batch) => sum + batch.length, 0)
    const targets = chosenRows(this.#options.training.targets, this.#order.subarray(this.done, this.done + rows))
    const [, width = 1] = targets.shape
    let start = 0
    losses.forEach((mean, i) => {
      const size = batches[i]?.length ?? 0
      const data = targets.data.subarray(start * width, (start + size) * width)
      this.#loss.add(mean, { shape: [size, width], data })
      start += size
    })
    this.done += rows
    this.#metrics.add(outputs, targets)
  }

  /** Mean over the rows trained on. */
  get loss(): number {
    return this.#loss.value
  }

  get metrics(): Metrics {
    return this.#metrics.values()
  }
}

/** Those rows of a tensor [N, W]. */
function chosenRows({ shape: [, width = 1], data }: Tensor, rows: Int32Array): Tensor {
  const chosen = new Float64Array(rows.length * width)
  for (let i = 0; i < rows.length; i++) {
    const from = (rows[i] ?? 0) * width
    for (let j = 0; j < width; j++) chosen[i * width + j] = data[from + j] ?? NaN
  }
  return { shape: [rows.length, width], data: chosen }
}
