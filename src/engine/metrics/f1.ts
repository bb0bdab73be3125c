import { ClassCounts } from './class-counts'
import { scoresOf } from './class-report'
import type { MetricSpec } from './metric'
import { meanOver } from './words'
import { workedByClass } from './worked-classes'

/** The harmonic mean of precision and recall of each class, 2·right / (predicted + actual); the mean over classes. */
export const f1: MetricSpec<'f1'> = {
  name: 'f1',
  label: 'F1',
  chartLabel: 'F1',
  formula: 'mean over classes of: 2 · precision · recall / (precision + recall)',
  tasks: ['binary', 'multi-class', 'multi-label'],
  duringTraining: false,
  higherIsBetter: true,
  unit: 'share',
  sentence: (_value, about) =>
    meanOver('labels', about, 'precision and recall in one figure; every class counts alike, however rare'),
  worked: (parts, classes) =>
    workedByClass(parts, classes, {
      symbol: 'F',
      law: 'F_k = \\frac{2 \\cdot P_k \\cdot R_k}{P_k + R_k} = \\frac{2 \\cdot \\text{right}_k}{\\text{taken}_k + \\text{of it}_k}',
      formula: '\\frac{2 \\cdot @right}{@taken + @actual}',
      score: (count) => scoresOf(count).f1,
      isEmpty: () => false,
      words: (name, { right, predicted, actual }) =>
        `${name}: ${right} right, ${predicted} taken for it, ${actual} of it`
    }),
  create() {
    const counts = new ClassCounts()
    return {
      add: (outputs, targets) => counts.add(outputs, targets),
      value: () => counts.macro((count) => scoresOf(count).f1),
      get state() {
        return counts.state
      },
      restore: (state) => counts.restore(state)
    }
  }
}
