/** Fitting the targets: everything their preparation knows comes from the training rows. Features: see `features/`. */
import { momentsOf, valuesAt } from './features/statistics'
import type { TargetPreparation } from './preparation'
import type { Target, Targets } from './target'

/** @param standardise whether values of regression are; else the network learns them as they stand in the file */
export function fitTargets({ task, all }: Targets, trainRows: Int32Array, standardise: boolean): TargetPreparation {
  switch (task) {
    case 'regression':
      return { task, values: all.map((target) => fitValue(target, trainRows, standardise)) }
    case 'multi-label':
      return { task, labels: all.map((target) => ({ name: target.column.name, classes: twoClasses(target) })) }
    default: {
      const [target] = all
      return { name: target.column.name, task, classes: 'classes' in target ? [...target.classes] : [] }
    }
  }
}

function fitValue({ column }: Target, trainRows: Int32Array, standardise: boolean) {
  const { name } = column
  if (!standardise || column.type !== 'number') return { name, mean: 0, scale: 1 }
  return { name, ...momentsOf(valuesAt(trainRows, (row) => column.values[row] ?? NaN)) }
}

function twoClasses(target: Target): [string, string] {
  const [no, yes] = 'classes' in target ? target.classes : []
  if (no === undefined || yes === undefined) throw new Error('a label has two classes')
  return [no, yes]
}
