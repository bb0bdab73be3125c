import type { Tensor } from '../tensor/tensor'
import { predictedClasses } from './predicted-classes'

/** Rows of one class. */
export interface ClassCount {
  /** Predicted and right. */
  readonly right: number
  readonly predicted: number
  readonly actual: number
}

/** Counts rows by their class and the predicted one. */
export class ClassCounts {
  #right: number[] = []
  #predicted: number[] = []
  #actual: number[] = []

  /** @param outputs [N, K] after the link @param targets [N, 1] class index */
  add(outputs: Tensor, targets: Tensor): void {
    predictedClasses(outputs).forEach((predicted, row) => {
      const actual = targets.data[row] ?? -1
      count(this.#predicted, predicted)
      count(this.#actual, actual)
      if (predicted === actual) count(this.#right, actual)
    })
  }

  /** @param k index of a class; zeros for one that was not met */
  of(k: number): ClassCount {
    return { right: this.#right[k] ?? 0, predicted: this.#predicted[k] ?? 0, actual: this.#actual[k] ?? 0 }
  }

  /**
   * The plain mean of a score over the classes ("macro"), however many rows each has. Classes that no row is of and
   * that none was taken for do not count, as in scikit-learn. NaN while no row was added.
   */
  macro(score: (count: ClassCount) => number): number {
    let sum = 0
    let classes = 0
    for (let k = 0; k < this.#met; k++) {
      const count = this.of(k)
      if (count.predicted + count.actual === 0) continue
      sum += score(count)
      classes++
    }
    return classes === 0 ? NaN : sum / classes
  }

  /** The counts of all classes that are right, then those predicted, then the actual ones. */
  get state(): readonly number[] {
    const ofAll = (counts: readonly number[]) => Array.from({ length: this.#met }, (_, k) => counts[k] ?? 0)
    return [this.#right, this.#predicted, this.#actual].flatMap(ofAll)
  }

  restore(state: readonly number[]): void {
    const classes = state.length / 3
    const part = (i: number) => state.slice(i * classes, (i + 1) * classes)
    ;[this.#right, this.#predicted, this.#actual] = [part(0), part(1), part(2)]
  }

  /** Classes up to the last that was met. */
  get #met(): number {
    return Math.max(this.#predicted.length, this.#actual.length)
  }
}

function count(counts: number[], index: number): void {
  counts[index] = (counts[index] ?? 0) + 1
}
