/** The mean loss of many rows, out of the means of their batches. */
import { lossFor, meanWeight } from '../losses'
import type { Tensor } from '../tensor/tensor'
import type { ForwardProblem } from './step-graph'

/** Batches of unequal size, and of classes of unequal weight, count by what their rows count. */
export class LossMean {
  readonly #problem: ForwardProblem
  #sum = 0
  #weight = 0

  constructor(problem: ForwardProblem) {
    this.#problem = problem
  }

  /** @param mean loss of a batch @param targets [rows, W] of its rows, without their weights */
  add(mean: number, targets: Tensor): void {
    const { loss, task, lossSettings } = this.#problem
    const weight = meanWeight(lossFor(loss, task), lossSettings, targets)
    this.#sum += mean * weight
    this.#weight += weight
  }

  /** All that was added, to go on from. */
  get state(): readonly number[] {
    return [this.#sum, this.#weight]
  }

  restore([sum = 0, weight = 0]: readonly number[]): void {
    this.#sum = sum
    this.#weight = weight
  }

  /** NaN while there are no rows. */
  get value(): number {
    return this.#sum / this.#weight
  }
}
