/** How a person had the table of runs last: columns, order, groups, filter. */
import * as v from 'valibot'
import { noFilter, statusChoices, type RunFilter, type RunOrder } from './arrange'
import { defaultColumns } from './runColumns'

const KEY = 'run-table'

export interface TablePreferences {
  /** Ids, in the order in which they stand. */
  readonly columns: readonly string[]
  readonly order: RunOrder
  /** Id of the column that runs are grouped by; null for none. */
  readonly group: string | null
  readonly onlyDiffering: boolean
  readonly filter: RunFilter
}

export const defaultPreferences: TablePreferences = {
  columns: defaultColumns,
  order: { column: 'started', descending: true },
  group: null,
  onlyDiffering: false,
  filter: noFilter
}

const keptSchema = v.object({
  columns: v.array(v.string()),
  order: v.object({ column: v.string(), descending: v.boolean() }),
  group: v.nullable(v.string()),
  onlyDiffering: v.boolean(),
  filter: v.object({
    text: v.string(),
    status: v.picklist(statusChoices),
    starred: v.boolean(),
    archived: v.boolean()
  })
})

/** As it was kept by an earlier window; as at first where that cannot be read. */
export function readPreferences(storage: Pick<Storage, 'getItem'>): TablePreferences {
  try {
    const kept = v.safeParse(keptSchema, JSON.parse(storage.getItem(KEY) ?? 'null'))
    return kept.success ? kept.output : defaultPreferences
  } catch {
    return defaultPreferences
  }
}

export function keepPreferences(storage: Pick<Storage, 'setItem'>, preferences: TablePreferences): void {
  storage.setItem(KEY, JSON.stringify(preferences))
}
