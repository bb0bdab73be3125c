import { honestyFindings, prepare, profileTable, suggestSetup, timeText, type Table } from '../../data'
import { StudioError } from '../../shared/errors'
import type { ReadAs } from '../../shared/read-as'
import { targetsOf, type Setup } from '../../shared/setup'
import type { ColumnView, Notice } from '../../shared/views'
import { readParts } from '../part-tables'
import type { CommandContext } from '../program'
import type { PartFiles } from '../split-flags'
import { tableText } from '../table'
import { oneLine, shortNumber } from '../text'

export interface InspectOptions {
  /** Columns to predict; one is suggested where there are none. */
  readonly targets: readonly string[]
  /** How the file is to be read. */
  readonly as: ReadAs
  /** Files whose rows are kept back. */
  readonly partFiles: PartFiles
}

/** A finding; `error` is why the file cannot be trained on as it stands. */
type Finding = Omit<Notice, 'severity' | 'remedy'> & { readonly severity: Notice['severity'] | 'error' }

/** What is in a file, what is wrong with it, and what a network would be trained on. */
export async function inspect(file: string, options: InspectOptions, context: CommandContext): Promise<void> {
  const { output, signal } = context
  const { table, split } = await readParts(file, options.partFiles, { signal, as: options.as })
  const views = profileTable(table)
  const suggested = suggestSetup(table, options.targets)
  const findings = findingsOf(table, split === undefined ? suggested : { ...suggested, split })
  if (output.json) {
    const columns = views.map(columnJson)
    const found = findings.map(({ code, severity, columns: names, message, evidence = '' }) => {
      return { code, severity, columns: names, message, evidence }
    })
    await output.line(JSON.stringify({ rows: table.rows, columns, findings: found, skippedRows: table.skipped.count }))
    return
  }
  await output.line(`${table.fileName}: ${table.rows} rows, ${table.columns.length} columns`)
  const rows = views.map(cellsOf)
  await output.line(tableText(['column', 'type', 'missing', 'distinct', 'from', 'to', 'mean or most frequent'], rows))
  for (const { code, severity, message, evidence } of findings) {
    await output.line(
      `${severity} ${code}: ${oneLine(message)}${evidence === undefined ? '' : ` ${oneLine(evidence)}`}`
    )
  }
  if (findings.length === 0) await output.line('Nothing to say against it.')
}

function findingsOf(table: Table, setup: Setup): Finding[] {
  try {
    const prepared = prepare(table, setup)
    return [...honestyFindings(table, setup, prepared), ...prepared.notices, ...table.notices]
  } catch (error) {
    if (!(error instanceof StudioError)) throw error
    return [
      { code: error.code, severity: 'error', message: error.message, columns: [...targetsOf(setup)] },
      ...table.notices
    ]
  }
}

function columnJson(view: ColumnView): object {
  const { name, type, missing, distinct, min, max, mean, top, histogram, time } = view
  const edge = (value: number): number | string => (time === null ? value : timeText(value, time))
  const range =
    min === null || max === null || mean === null ? {} : { min: edge(min), max: edge(max), mean: edge(mean) }
  const most =
    view.storage === 'category' ? { top: top.map((value, index) => ({ value, rows: histogram[index] ?? 0 })) } : {}
  return { name, type, missing, distinct, ...range, ...most }
}

function cellsOf(view: ColumnView): string[] {
  const { name, type, missing, distinct, min, max, mean, top, time } = view
  const edge = (value: number | null): string => {
    if (value === null) return ''
    return time === null ? shortNumber(value) : timeText(value, time)
  }
  const usual = view.storage === 'category' ? oneLine(top[0] ?? '') : edge(mean)
  return [oneLine(name), type, String(missing), String(distinct), edge(min), edge(max), usual]
}
