import type { Tensor } from '../tensor/tensor'
import { ClassCounts, type ClassCount } from './class-counts'

/** How well one class is told from the others; scikit-learn's `classification_report`. Shares from 0 to 1. */
export interface ClassScores {
  /** Of the rows taken for this class, those that are of it; 0 when none was. */
  readonly precision: number
  /** Of the rows of this class, those taken for it; 0 when there are none. */
  readonly recall: number
  /** The harmonic mean of both; 0 when the class is neither met nor taken for. */
  readonly f1: number
  /** Rows of this class. */
  readonly support: number
}

export function scoresOf({ right, predicted, actual }: ClassCount): ClassScores {
  return {
    precision: share(right, predicted),
    recall: share(right, actual),
    f1: share(2 * right, predicted + actual),
    support: actual
  }
}

/**
 * Precision, recall, F1 and rows of every class. Where rows come in batches, gather them by `ClassCounts` instead.
 * @param outputs [N, K] after the link; [N, 1] is the probability of the second of two classes
 * @param targets [N, 1]: class indices
 * @param classes K
 */
export function classReport(outputs: Tensor, targets: Tensor, classes: number): ClassScores[] {
  const counts = new ClassCounts()
  counts.add(outputs, targets)
  return Array.from({ length: classes }, (_, k) => scoresOf(counts.of(k)))
}

/** The same out of a confusion matrix. @param counts rows, by actual class and then by predicted one */
export function classReportOf(counts: readonly (readonly number[])[]): ClassScores[] {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  return counts.map((ofActual, k) =>
    scoresOf({ right: ofActual[k] ?? 0, predicted: sum(counts.map((row) => row[k] ?? 0)), actual: sum(ofActual) })
  )
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}
