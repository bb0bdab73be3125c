import type { MetricSpec } from './metric'
import { workedShare } from './worked'

const PLACES = 3

/** The share of rows whose class is among the three most probable; of equals, the first classes come first. */
export const top3Accuracy: MetricSpec<'top-3-accuracy'> = {
  name: 'top-3-accuracy',
  label: 'Top-3 accuracy',
  chartLabel: 'Top-3 accuracy',
  formula: 'rows with the right class among the 3 most probable / rows',
  tasks: ['multi-class'],
  classesFrom: PLACES + 1,
  duringTraining: false,
  higherIsBetter: true,
  unit: 'share',
  sentence: (value, { rows }) =>
    `${Math.round(value * rows)} of ${rows} rows have the right class among the three most probable`,
  worked: ([right = 0, rows = 0]) => [
    workedShare(
      '\\text{top-3}',
      'rows whose class is among the three most probable, of all rows',
      ['among 3', right],
      ['rows', rows]
    )
  ],
  create() {
    let right = 0
    let rows = 0
    return {
      add(outputs, targets) {
        const [count = 0, classes = 1] = outputs.shape
        for (let row = 0; row < count; row++) {
          const actual = targets.data[row] ?? -1
          const probability = outputs.data[row * classes + actual] ?? NaN
          let ahead = 0
          for (let k = 0; k < classes; k++) {
            const other = outputs.data[row * classes + k] ?? NaN
            if (other > probability || (other === probability && k < actual)) ahead++
          }
          if (ahead < PLACES) right++
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
