import type { MetricSpec } from './metric'
import { workedMean } from './worked'
import { meanOver, percent } from './words'

/**
 * Mean absolute percentage error: mean |y − ŷ| / |y|. Rows whose true value is 0 have no percentage and are left out;
 * NaN when all are.
 */
export const mape: MetricSpec<'mape'> = {
  name: 'mape',
  label: 'MAPE',
  chartLabel: 'Mean absolute percentage error',
  formula: 'mean |y − ŷ| / |y|',
  tasks: ['regression'],
  duringTraining: false,
  higherIsBetter: false,
  unit: 'share',
  sentence(value, about) {
    const { outputs = 1, target } = about
    const what = outputs === 1 ? target : 'value'
    if (Number.isNaN(value)) return `not known: every true ${what} is 0`
    const sentence = `on average off by ${percent(value)} of the true ${what}; rows where that is 0 are left out`
    return meanOver('targets', about, sentence)
  },
  worked: ([sum = 0, rows = 0]) => [
    workedMean({
      symbol: '\\text{MAPE}',
      words:
        'how far every answer is off as a share of the true value, summed up, over the rows whose true value is not 0',
      sum: ['\\textstyle\\sum_i |y_i - \\hat{y}_i| / |y_i|', sum],
      rows
    })
  ],
  create() {
    let sum = 0
    let rows = 0
    return {
      add(outputs, targets) {
        targets.data.forEach((value, row) => {
          if (value === 0) return
          sum += Math.abs((value - (outputs.data[row] ?? NaN)) / value)
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
