/** Exact values as a table for spreadsheets and scripts. */
import type { StepSeries } from '../../../shared/run-views'
import type { ChartSpec } from './chart'
import type { Source } from './series'
import { stepKeys } from './thinning'

type Cell = string | number | null | undefined

/** Numbers as they are, to the last digit; a text that a spreadsheet would take for a formula begins with an apostrophe. */
function cellOf(cell: Cell): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : ''
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export function csvOf(rows: Iterable<readonly Cell[]>): string {
  const lines: string[] = []
  for (const row of rows) lines.push(row.map(cellOf).join(','))
  return `${lines.join('\r\n')}\r\n`
}

export interface NamedSource extends Source {
  readonly title: string
}

/** All epochs of the runs in a chart, one after the other, with the values of its lines. */
export function epochsCsv(spec: ChartSpec, runs: readonly NamedSource[]): string {
  return csvOf(epochRows(spec, runs))
}

function* epochRows(spec: ChartSpec, runs: readonly NamedSource[]): Generator<readonly Cell[]> {
  yield ['run', 'epoch', 'step', 'elapsed_ms', ...spec.lines.map(({ label }) => label)]
  for (const { title, epochs, rows } of runs) {
    for (const [index, point] of epochs.entries()) {
      const before = epochs[index - 1]
      const reading = { point, before, rows: rows(point, before) }
      const values = spec.lines.map((line) => line.value(reading))
      yield [title, point.epoch, point.step, point.elapsedMs, ...values]
    }
  }
}

export const stepsHeading = csvOf([['step', 'epoch', 'elapsed_ms', 'loss', 'learning_rate']])

export function stepsCsv(steps: StepSeries): string {
  return csvOf(steps.step.map((_, index) => stepKeys.map((key) => steps[key][index])))
}
