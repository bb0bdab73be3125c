import { ClassCounts } from './class-counts'
import { scoresOf } from './class-report'
import type { MetricSpec } from './metric'
import { meanOver } from './words'

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
