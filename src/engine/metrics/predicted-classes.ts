import type { Tensor } from '../tensor/tensor'

/** Whether a probability says that a label is on, or that a row is of the second of two classes: above ½. */
export function isOn(probability: number): boolean {
  return probability > 0.5
}

/**
 * The class each row is taken for: outputs [N, K] → N class indices. K ≥ 2: the most probable class, the first
 * of equals. K = 1 (probability of the second class): 1 when above ½, so that a tie goes to the first class too.
 */
export function predictedClasses(outputs: Tensor): Int32Array {
  const [rows = 0, classes = 1] = outputs.shape
  const { data } = outputs
  const predicted = new Int32Array(rows)
  for (let row = 0; row < rows; row++) {
    if (classes === 1) {
      predicted[row] = isOn(data[row] ?? 0) ? 1 : 0
      continue
    }
    let best = -Infinity
    for (let k = 0; k < classes; k++) {
      const probability = data[row * classes + k] ?? 0
      if (probability > best) {
        best = probability
        predicted[row] = k
      }
    }
  }
  return predicted
}
