import type { MetricSpec } from './metric'
import { predictedClasses } from './predicted-classes'
import { workedShare } from './worked'

/** The share of rows whose most probable class is the right one, in [0, 1]. Labels: the share of all labels that are right. */
export const accuracy: MetricSpec<'accuracy'> = {
  name: 'accuracy',
  label: 'Accuracy',
  chartLabel: 'Accuracy',
  formula: 'right rows / rows',
  tasks: ['binary', 'multi-class', 'multi-label'],
  duringTraining: true,
  higherIsBetter: true,
  unit: 'share',
  sentence: (value, { rows, outputs = 1 }) =>
    `${Math.round(value * rows * outputs)} of ${rows * outputs} ${outputs === 1 ? 'rows' : 'labels'} right`,
  worked: ([right = 0, rows = 0]) => [
    workedShare('\\text{accuracy}', 'right answers, of all that were given', ['right', right], ['all', rows])
  ],
  create() {
    let right = 0
    let rows = 0
    return {
      add(outputs, targets) {
        const predicted = predictedClasses(outputs)
        for (let row = 0; row < predicted.length; row++) if (predicted[row] === targets.data[row]) right++
        rows += predicted.length
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
