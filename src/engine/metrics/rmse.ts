import type { MetricSpec } from './metric'
import { meanOver } from './words'

/** Root of the mean squared error, in the target's units: √(mean (y − ŷ)²). */
export const rmse: MetricSpec<'rmse'> = {
  name: 'rmse',
  label: 'RMSE',
  chartLabel: 'Root mean squared error',
  formula: '√(mean (y − ŷ)²)',
  tasks: ['regression'],
  duringTraining: true,
  higherIsBetter: false,
  unit: 'target',
  sentence: (value, about) =>
    meanOver('targets', about, `typical miss of ${Number(value.toPrecision(3))}, large misses counted more`),
  create() {
    let sum = 0
    let rows = 0
    return {
      add(outputs, targets) {
        targets.data.forEach((value, row) => {
          sum += (value - (outputs.data[row] ?? NaN)) ** 2
          rows++
        })
      },
      value: () => (rows === 0 ? NaN : Math.sqrt(sum / rows)),
      get state() {
        return [sum, rows]
      },
      restore(state) {
        ;[sum = 0, rows = 0] = state
      }
    }
  }
}
