import type { Setup } from '../../shared/setup'
import type { Notice } from '../../shared/views'
import type { Target } from '../target'
import { percent, type Check } from './check'

/** A class with less than this part of what would be its even share is rare. */
const RARE = 0.25
/** Rows that a class should have at least to be learned and judged. */
const FEWEST_ROWS = 10

function countsOf(target: Target): number[] {
  if (target.task === 'regression') return []
  const counts = new Array<number>(target.classes.length).fill(0)
  for (const code of target.codes) counts[code] = (counts[code] ?? 0) + 1
  return counts
}

/** Classes that are so much rarer than the others that a network does well by never naming them. */
export const imbalance: Check = {
  code: 'imbalance',
  run({ targets, setup }) {
    return setup.classWeights === 'none' ? targets.flatMap((target) => imbalanceOf(target, setup)) : []
  }
}

function imbalanceOf(target: Target, { task }: Pick<Setup, 'task'>): Notice[] {
  if (target.task === 'regression') return []
  const counts = countsOf(target)
  const total = target.rows.length
  const most = Math.max(...counts)
  const least = Math.min(...counts)
  if (least >= (RARE * total) / counts.length) return []
  const rare = target.classes[counts.indexOf(least)] ?? ''
  const usual = target.classes[counts.indexOf(most)] ?? ''
  return [
    {
      code: 'imbalance',
      severity: 'warning',
      message: `The classes of "${target.column.name}" are far from equally frequent: a network that always answers "${usual}" is right in ${percent(most / total)} of the rows. Look at precision and recall of each class, not at accuracy alone.`,
      columns: [target.column.name],
      evidence: `"${usual}" ${most}, "${rare}" ${least} of ${total} rows.`,
      // The classes of one label of several cannot be weighed.
      ...(task === 'multi-label'
        ? {}
        : { remedy: { label: 'Weigh classes equally', change: { classWeights: 'balanced' as const } } })
    }
  ]
}

/** Classes with too few rows to learn from, let alone to judge by. */
export const fewRowsPerClass: Check = {
  code: 'few-rows-per-class',
  run({ targets }) {
    return targets.flatMap(fewRowsOf)
  }
}

function fewRowsOf(target: Target): Notice[] {
  if (target.task === 'regression') return []
  const counts = countsOf(target)
  const few = [...counts.keys()].filter((code) => (counts[code] ?? 0) < FEWEST_ROWS)
  if (few.length === 0) return []
  const named = few.slice(0, 6).map((code) => `"${target.classes[code] ?? ''}" (${counts[code] ?? 0})`)
  return [
    {
      code: 'few-rows-per-class',
      severity: 'warning',
      message: `${few.length} ${few.length === 1 ? 'class' : 'classes'} of "${target.column.name}" ${few.length === 1 ? 'has' : 'have'} fewer than ${FEWEST_ROWS} rows: what the figures say of ${few.length === 1 ? 'it' : 'them'} is chance. Gather more, or join classes.`,
      columns: [target.column.name],
      evidence: `${named.join(', ')}${few.length > named.length ? ` and ${few.length - named.length} more` : ''}.`
    }
  ]
}
