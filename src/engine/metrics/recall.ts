import { ClassCounts } from './class-counts'
import { scoresOf } from './class-report'
import type { MetricSpec } from './metric'
import { meanOver, percent } from './words'
import { workedByClass } from './worked-classes'

/** Of the rows of a class, the share that was found; the mean over classes. 0 for a class that was predicted but has no rows. */
export const recall: MetricSpec<'recall'> = {
  name: 'recall',
  label: 'Recall',
  chartLabel: 'Recall',
  formula: 'mean over classes of: right rows / rows of the class',
  tasks: ['binary', 'multi-class', 'multi-label'],
  duringTraining: false,
  higherIsBetter: true,
  unit: 'share',
  sentence: (value, about) =>
    meanOver('labels', about, `${percent(value)} of the rows of a class are found, averaged over the classes`),
  worked: (parts, classes) =>
    workedByClass(parts, classes, {
      symbol: 'R',
      law: null,
      formula: '\\frac{@right}{@actual}',
      score: (count) => scoresOf(count).recall,
      isEmpty: ({ actual }) => actual === 0,
      words: (name, { right, predicted, actual }) =>
        actual === 0
          ? `${name}: no row is of it, though ${predicted} were taken for it; counted as 0`
          : `${name}: of ${actual} rows of it, ${right} were found`
    }),
  create() {
    const counts = new ClassCounts()
    return {
      add: (outputs, targets) => counts.add(outputs, targets),
      value: () => counts.macro((count) => scoresOf(count).recall),
      get state() {
        return counts.state
      },
      restore: (state) => counts.restore(state)
    }
  }
}
