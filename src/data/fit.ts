/** Fitting the target: everything its preparation knows comes from the training rows. Features: see `features/`. */
import { momentsOf } from './features/statistics'
import type { TargetPreparation } from './preparation'
import type { Target } from './target'

/** @param standardise whether values of regression are; else the network learns them as they stand in the file */
export function fitTarget(target: Target, trainRows: Int32Array, standardise: boolean): TargetPreparation {
  const { name } = target.column
  if (target.task !== 'regression') return { name, task: target.task, classes: [...target.classes] }
  if (!standardise) return { name, task: 'regression', mean: 0, scale: 1 }
  const { values } = target.column
  return { name, task: 'regression', ...momentsOf(Float64Array.from(trainRows, (row) => values[row] ?? NaN)) }
}
