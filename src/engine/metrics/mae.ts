import type { MetricSpec } from './metric'
import { workedMean } from './worked'
import { meanOver } from './words'

/** Mean absolute error, in the target's units: mean |y − ŷ|. */
export const mae: MetricSpec<'mae'> = {
  name: 'mae',
  label: 'MAE',
  chartLabel: 'Mean absolute error',
  formula: 'mean |y − ŷ|',
  tasks: ['regression'],
  duringTraining: true,
  higherIsBetter: false,
  unit: 'target',
  sentence(value, about) {
    const { outputs = 1, target } = about
    const what = outputs === 1 ? target : 'the unit of each target'
    return meanOver('targets', about, `on average off by ${Number(value.toPrecision(3))} in ${what}`)
  },
  worked: ([sum = 0, rows = 0]) => [
    workedMean({
      symbol: '\\text{MAE}',
      words: 'how far every answer is off, summed up whatever the direction, over the number of answers',
      sum: ['\\textstyle\\sum_i |y_i - \\hat{y}_i|', sum],
      rows
    })
  ],
  create() {
    let sum = 0
    let rows = 0
    return {
      add(outputs, targets) {
        targets.data.forEach((value, row) => {
          sum += Math.abs(value - (outputs.data[row] ?? NaN))
          rows++
        })
      },
      value: () => (rows === 0 ? NaN : sum / rows),
      get state() {
        return [sum, rows]
      },
      restore(state) {
        ;[sum = 0, rows = 0] = state
      }
    }
  }
}
