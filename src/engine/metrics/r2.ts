import type { Term } from '../explain/worked-line'
import type { MetricSpec } from './metric'
import { meanOver, percent } from './words'

/**
 * Coefficient of determination: R² = 1 − Σ(y − ŷ)² / Σ(y − ȳ)², ȳ the mean of all rows added. 1 is perfect, 0
 * is as good as always answering ȳ, below 0 is worse. Where all y are equal it is not defined; then, as in
 * scikit-learn's `r2_score`, 1 when every answer is exact and 0 otherwise.
 *
 * Σ(y − ȳ)² is gathered by Welford's method (Technometrics 1962): Σy² − N·ȳ² would cancel for large means.
 */
export const r2: MetricSpec<'r2'> = {
  name: 'r2',
  label: 'R²',
  chartLabel: 'R²',
  formula: '1 − Σ(y − ŷ)² / Σ(y − ȳ)²',
  tasks: ['regression'],
  duringTraining: true,
  higherIsBetter: true,
  unit: 'none',
  sentence(value, about) {
    const { outputs = 1, target } = about
    const what = outputs === 1 ? target : 'each target'
    const sentence =
      value < 0 ? `worse than always answering the mean of ${what}` : `explains ${percent(value)} of how ${what} varies`
    return meanOver('targets', about, sentence)
  },
  worked([rows = 0, mean = 0, spread = 0, residual = 0]) {
    const symbol = 'R^2'
    const left: Term = { name: 'left', symbol: '\\textstyle\\sum_i (y_i - \\hat{y}_i)^2', value: residual }
    if (rows > 0 && !(spread > 0)) {
      const value = residual === 0 ? 1 : 0
      const words = 'all true values are equal, so there is nothing to explain: 1 where every answer is exact, else 0'
      return [{ words, law: null, symbol, formula: '[@left = 0]', terms: [left], value }]
    }
    return [
      {
        words: `what the network leaves over of the squared distances from the mean of the true values, ȳ = ${Number(mean.toPrecision(4))}`,
        law: null,
        symbol,
        formula: '1 - \\frac{@left}{@all}',
        terms: [left, { name: 'all', symbol: '\\textstyle\\sum_i (y_i - \\bar{y})^2', value: spread }],
        value: rows === 0 ? NaN : 1 - residual / spread
      }
    ]
  },
  create() {
    let rows = 0
    let mean = 0
    let spread = 0
    let residual = 0
    return {
      add(outputs, targets) {
        targets.data.forEach((value, row) => {
          rows++
          const before = value - mean
          mean += before / rows
          spread += before * (value - mean)
          residual += (value - (outputs.data[row] ?? NaN)) ** 2
        })
      },
      value() {
        if (rows === 0) return NaN
        if (spread > 0) return 1 - residual / spread
        return residual === 0 ? 1 : 0
      },
      get state() {
        return [rows, mean, spread, residual]
      },
      restore(state) {
        ;[rows = 0, mean = 0, spread = 0, residual = 0] = state
      }
    }
  }
}
