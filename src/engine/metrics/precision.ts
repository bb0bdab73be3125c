import { ClassCounts } from './class-counts'
import { scoresOf } from './class-report'
import type { MetricSpec } from './metric'
import { meanOver, percent } from './words'

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
