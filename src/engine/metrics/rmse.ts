import type { MetricSpec } from './metric'
import { workedMean } from './worked'
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
  worked([sum = 0, rows = 0]) {
    const mean = workedMean({
      symbol: '\\text{MSE}',
      words: 'the mean of the squared misses: a miss twice as large counts four times as much',
      sum: ['\\textstyle\\sum_i (y_i - \\hat{y}_i)^2', sum],
      rows
    })
    return [
      mean,
      {
        words: 'its root is in the unit of the target again',
        law: null,
        symbol: '\\text{RMSE}',
        formula: '\\sqrt{@mse}',
        terms: [{ name: 'mse', symbol: '\\text{MSE}', value: mean.value }],
        value: Math.sqrt(mean.value)
      }
    ]
  },
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
