import { columnType, honestyFindings, prepare, profileTable, readTable, suggestSetup, type Table } from '../../data'
import { StudioError } from '../../shared/errors'
import type { ReadAs } from '../../shared/read-as'
import type { ColumnView, Notice } from '../../shared/views'
import type { CommandContext } from '../program'
import { tableText } from '../table'
import { oneLine, shortNumber } from '../text'

export interface InspectOptions {
  readonly target: string | undefined
  /** How the file is to be read. */
  readonly as: ReadAs
}

/** A finding; `error` is why the file cannot be trained on as it stands. */
type Finding = Omit<Notice, 'severity' | 'remedy'> & { readonly severity: Notice['severity'] | 'error' }

/** What is in a file, what is wrong with it, and what a network would be trained on. */
export async function inspect(file: string, options: InspectOptions, context: CommandContext): Promise<void> {
  const { output, signal } = context
  const table = await readTable(file, { signal, as: options.as })
  const views = profileTable(table)
  const findings = findingsOf(table, options.target)
  if (output.json) {
    const columns = views.map((view, index) => columnJson(view, table.columns[index]))
    const found = findings.map(({ code, severity, columns: names, message, evidence = '' }) => {
      return { code, severity, columns: names, message, evidence }
    })
    await output.line(JSON.stringify({ rows: table.rows, columns, findings: found, skippedRows: table.skipped.count }))
    return
  }
  await output.line(`${table.fileName}: ${table.rows} rows, ${table.columns.length} columns`)
  const rows = views.map((view, index) => cellsOf(view, table.columns[index]))
  await output.line(tableText(['column', 'type', 'missing', 'distinct', 'from', 'to', 'mean or most frequent'], rows))
  for (const { code, severity, message, evidence } of findings) {
    await output.line(
      `${severity} ${code}: ${oneLine(message)}${evidence === undefined ? '' : ` ${oneLine(evidence)}`}`
    )
  }
  if (findings.length === 0) await output.line('Nothing to say against it.')
}

function findingsOf(table: Table, target: string | undefined): Finding[] {
  const setup = suggestSetup(table, target)
  try {
    const prepared = prepare(table, setup)
    return [...honestyFindings(table, setup, prepared), ...prepared.notices, ...table.notices]
  } catch (error) {
    if (!(error instanceof StudioError)) throw error
    return [{ code: error.code, severity: 'error', message: error.message, columns: [setup.target] }, ...table.notices]
  }
}

function columnJson(view: ColumnView, column: Table['columns'][number] | undefined): object {
  const { name, missing, distinct, min, max, mean, top, histogram } = view
  const type = column === undefined ? view.type : columnType(column)
  const edge = (value: number): number | string => (type === 'date' ? new Date(value).toISOString() : value)
  const range =
    min === null || max === null || mean === null ? {} : { min: edge(min), max: edge(max), mean: edge(mean) }
  const most =
    view.storage === 'category' ? { top: top.map((value, index) => ({ value, rows: histogram[index] ?? 0 })) } : {}
  return { name, type, missing, distinct, ...range, ...most }
}

function cellsOf(view: ColumnView, column: Table['columns'][number] | undefined): string[] {
  const { name, missing, distinct, min, max, mean, top } = view
  const type = column === undefined ? view.type : columnType(column)
  const number = (value: number | null): string => (value === null ? '' : shortNumber(value))
  const isDate = type === 'date'
  const edge = (value: number | null): string =>
    isDate && value !== null ? new Date(value).toISOString().slice(0, 16).replace('T00:00', '') : number(value)
  const usual = view.storage === 'category' ? oneLine(top[0] ?? '') : edge(mean)
  return [oneLine(name), type, String(missing), String(distinct), edge(min), edge(max), usual]
}
