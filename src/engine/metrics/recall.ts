import { ClassCounts } from './class-counts'
import { scoresOf } from './class-report'
import type { MetricSpec } from './metric'
import { meanOver, percent } from './words'

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
