import { ClassCounts } from './class-counts'
import { scoresOf } from './class-report'
import type { MetricSpec } from './metric'
import { meanOver, percent } from './words'
import { workedByClass } from './worked-classes'

/** Of the rows taken for a class, the share that is of it; the mean over classes. 0 for a class that no row was taken for. */
export const precision: MetricSpec<'precision'> = {
  name: 'precision',
  label: 'Precision',
  chartLabel: 'Precision',
  formula: 'mean over classes of: right rows / rows taken for the class',
  tasks: ['binary', 'multi-class', 'multi-label'],
  duringTraining: false,
  higherIsBetter: true,
  unit: 'share',
  sentence: (value, about) =>
    meanOver(
      'labels',
      about,
      `${percent(value)} of the rows taken for a class belong there, averaged over the classes`
    ),
  worked: (parts, classes) =>
    workedByClass(parts, classes, {
      symbol: 'P',
      law: null,
      formula: '\\frac{@right}{@taken}',
      score: (count) => scoresOf(count).precision,
      isEmpty: ({ predicted }) => predicted === 0,
      words: (name, { right, predicted, actual }) =>
        predicted === 0
          ? `${name}: no row was taken for it, though ${actual} are of it; counted as 0`
          : `${name}: of ${predicted} rows taken for it, ${right} are of it`
    }),
  create() {
    const counts = new ClassCounts()
    return {
      add: (outputs, targets) => counts.add(outputs, targets),
      value: () => counts.macro((count) => scoresOf(count).precision),
      get state() {
        return counts.state
      },
      restore: (state) => counts.restore(state)
    }
  }
}
