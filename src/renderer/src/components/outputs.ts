/** How several values or labels are answered: all of them in one table, and for forecasts how the error grows with the horizon. */
import { classReportOf, type ClassScores } from '../../../engine/catalog'
import { targetsOf, type Setup } from '../../../shared/setup'
import type { TargetEvaluationView } from '../../../shared/views'
import { formatMetric } from '../state/format'

/** As `DataTable` takes it. */
export interface ValuesTable {
  readonly columns: readonly { readonly label: string; readonly numeric?: boolean }[]
  readonly rows: readonly (readonly (string | null)[])[]
}

/** Name and every metric of each value; the columns are those of the first, in its order. */
export function valuesTable(targets: readonly TargetEvaluationView[]): ValuesTable {
  const metrics = targets[0]?.metrics ?? []
  return {
    columns: [{ label: 'Target' }, ...metrics.map(({ label }) => ({ label, numeric: true }))],
    rows: targets.map((target) => [
      target.name,
      ...metrics.map(({ name }) => {
        const value = target.metrics.find((metric) => metric.name === name)?.value
        return value === undefined ? null : formatMetric(name, value)
      })
    ])
  }
}

/** How well each label is found where it is: the scores of the second of its classes. */
export function labelScores(targets: readonly TargetEvaluationView[]): ClassScores[] {
  return targets.flatMap(({ confusion }) => (confusion === null ? [] : classReportOf(confusion.counts).slice(1, 2)))
}

/** How far off a forecast of one column is, by how far ahead it looks. */
export interface HorizonErrors {
  readonly column: string
  /** Mean absolute error of 1, 2, … rows ahead, in the column's units; NaN where it is not known. */
  readonly errors: readonly number[]
  /** The one that is looked at, from 0. */
  readonly at: number
}

/**
 * Of the column that an output belongs to.
 * @param index of the output: the outputs go column by column, each with all its steps
 * @returns null unless the setup forecasts several steps
 */
export function horizonErrors(
  targets: readonly TargetEvaluationView[],
  setup: Pick<Setup, 'target' | 'moreTargets' | 'window'>,
  index: number
): HorizonErrors | null {
  const horizon = setup.window?.horizon ?? 0
  const names = targetsOf(setup)
  if (horizon < 2 || targets.length !== names.length * horizon) return null
  const place = Math.floor(index / horizon)
  const column = names[place]
  if (column === undefined) return null
  const errors = targets
    .slice(place * horizon, (place + 1) * horizon)
    .map(({ metrics }) => metrics.find(({ name }) => name === 'mae')?.value ?? Number.NaN)
  return { column, errors, at: index % horizon }
}
