import type { MetricSpec } from './metric'
import { isOn } from './predicted-classes'
import { workedShare } from './worked'

/** The share of rows with every label right, in [0, 1]; scikit-learn's `accuracy_score` of labels (subset accuracy). */
export const exactMatch: MetricSpec<'exact-match'> = {
  name: 'exact-match',
  label: 'Exact match',
  chartLabel: 'Exact match',
  formula: 'rows with every label right / rows',
  tasks: ['multi-label'],
  together: true,
  duringTraining: true,
  higherIsBetter: true,
  unit: 'share',
  sentence: (value, { rows }) => `${Math.round(value * rows)} of ${rows} rows have every label right`,
  worked: ([right = 0, rows = 0]) => [
    workedShare('\\text{exact match}', 'rows with every label right, of all rows', ['right', right], ['rows', rows])
  ],
  create() {
    let right = 0
    let rows = 0
    return {
      add({ shape: [count = 0, labels = 1], data }, targets) {
        for (let row = 0; row < count; row++) {
          let wrong = 0
          for (let at = row * labels; at < (row + 1) * labels; at++) {
            if (isOn(data[at] ?? 0) !== (targets.data[at] === 1)) wrong++
          }
          if (wrong === 0) right++
          rows++
        }
      },
      value: () => (rows === 0 ? NaN : right / rows),
      get state() {
        return [right, rows]
      },
      restore(state) {
        ;[right = 0, rows = 0] = state
      }
    }
  }
}
