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
