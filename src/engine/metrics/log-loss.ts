import type { MetricSpec } from './metric'
import { workedMean } from './worked'
import { percent } from './words'

/** Probabilities are kept this far from 0, as by scikit-learn: one hopeless row must not make the mean infinite. */
const LEAST = 2 ** -52

/** Mean of −log p of the right class, natural logarithm. Judges how sure the answers are, not only which they are. */
export const logLoss: MetricSpec<'log-loss'> = {
  name: 'log-loss',
  label: 'Log loss',
  chartLabel: 'Log loss',
  formula: 'mean −log p(right class)',
  tasks: ['binary', 'multi-class', 'multi-label'],
  duringTraining: false,
  higherIsBetter: false,
  unit: 'none',
  sentence: (value, { outputs = 1 }) =>
    `the right class ${outputs === 1 ? '' : `of each of ${outputs} labels `}is given ${percent(Math.exp(-value))} in the (geometric) mean; lower is better`,
  worked: ([sum = 0, rows = 0]) => [
    workedMean({
      symbol: '\\text{log loss}',
      words:
        'how surprised the network is by each right class, −ln of the probability that it gave it, summed up, over the number of rows',
      sum: ['\\textstyle\\sum_i -\\ln p_i', sum],
      rows
    })
  ],
  create() {
    let sum = 0
    let rows = 0
    return {
      add(outputs, targets) {
        const [count = 0, width = 1] = outputs.shape
        for (let row = 0; row < count; row++) {
          const actual = targets.data[row] ?? -1
          const first = outputs.data[row * width] ?? NaN
          // One output is the probability of the second class.
          const ofOne = actual === 1 ? first : 1 - first
          const probability = width === 1 ? ofOne : (outputs.data[row * width + actual] ?? NaN)
          sum -= Math.log(Math.min(1, Math.max(LEAST, probability)))
          rows++
        }
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
