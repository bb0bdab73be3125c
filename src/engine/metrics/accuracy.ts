import type { MetricSpec } from './metric'
import { predictedClasses } from './predicted-classes'

/** The share of rows whose most probable class is the right one, in [0, 1]. */
export const accuracy: MetricSpec<'accuracy'> = {
  name: 'accuracy',
  label: 'Accuracy',
  chartLabel: 'Accuracy',
  formula: 'right rows / rows',
  tasks: ['binary', 'multi-class'],
  duringTraining: true,
  higherIsBetter: true,
  unit: 'share',
  sentence: (value, { rows }) => `${Math.round(value * rows)} of ${rows} rows right`,
  create() {
    let right = 0
    let rows = 0
    return {
      add(outputs, targets) {
        predictedClasses(outputs).forEach((predicted, row) => {
          if (predicted === targets.data[row]) right++
          rows++
        })
      },
      value: () => (rows === 0 ? NaN : right / rows)
    }
  }
}
