/** What each column of the table becomes for the network: worked out from the names of the encoded features. */
import type { Setup } from '../../../shared/setup'
import type { ColumnView, DatasetView, Notice, PreparedView } from '../../../shared/views'

export interface ColumnRole {
  readonly column: ColumnView
  readonly role: 'feature' | 'target' | 'ignored'
  /** Network inputs made of this column; null while nothing is prepared. */
  readonly inputs: number | null
  /** What happens to it, in a few words. */
  readonly becomes: string
}

/**
 * Roles in the order of the columns. Features stand in table order in `prepared.features`: a number under its
 * own name, a category as one `name=value` for each value seen in training, so each column's are found by
 * walking both lists together.
 */
export function columnRoles(
  columns: readonly ColumnView[],
  setup: Setup | null,
  prepared: PreparedView | null
): ColumnRole[] {
  const ignored = new Set(setup?.ignored ?? [])
  const features = prepared?.features ?? []
  let at = 0
  return columns.map((column) => {
    if (setup !== null && column.name === setup.target) {
      return { column, role: 'target', inputs: null, becomes: targetBecomes(setup, prepared) }
    }
    if (ignored.has(column.name)) return { column, role: 'ignored', inputs: 0, becomes: 'not used' }
    if (prepared === null) return { column, role: 'feature', inputs: null, becomes: plan(column) }
    const start = at
    if (column.type === 'number') {
      if (features[at] === column.name) at += 1
    } else {
      while (features[at]?.startsWith(`${column.name}=`) === true) at += 1
    }
    const inputs = at - start
    return {
      column,
      role: 'feature',
      inputs,
      becomes: inputs === 0 ? 'left out: see the notices' : encoded(column, inputs)
    }
  })
}

function encoded(column: ColumnView, inputs: number): string {
  const count = inputs === 1 ? '1 input' : `${inputs} inputs`
  return `${count}: ${plan(column)}`
}

function plan(column: ColumnView): string {
  const how = column.type === 'number' ? 'standardised' : 'one-hot'
  if (column.missing === 0) return how
  return `${how}, gaps filled with the training ${column.type === 'number' ? 'median' : 'mode'}`
}

function targetBecomes(setup: Setup, prepared: PreparedView | null): string {
  if (setup.task === 'regression') return 'predicted, standardised for training'
  const classes = prepared?.classes.length ?? 0
  return classes === 0 ? 'predicted as a class' : `predicted: one of ${classes} classes`
}

/** Notices of the file and of its preparation, each said once. */
export function noticesOf(dataset: DatasetView, prepared: PreparedView | null): Notice[] {
  const told = new Set<string>()
  return [...dataset.notices, ...(prepared?.notices ?? [])].filter(({ code, message }) => {
    const key = `${code}\n${message}`
    const isNew = !told.has(key)
    told.add(key)
    return isNew
  })
}

/** The columns a page shows: `size` of them from page `page` (from 0) of those whose name contains `search`. */
export function pageOfColumns<Item extends { readonly name: string }>(
  columns: readonly Item[],
  search: string,
  page: number,
  size: number
): { items: Item[]; from: number; matching: number; pages: number; page: number } {
  const wanted = search.trim().toLocaleLowerCase()
  const matching =
    wanted === '' ? columns : columns.filter((column) => column.name.toLocaleLowerCase().includes(wanted))
  const pages = Math.max(1, Math.ceil(matching.length / size))
  const shown = Math.min(Math.max(0, page), pages - 1)
  return {
    items: matching.slice(shown * size, (shown + 1) * size),
    from: shown * size,
    matching: matching.length,
    pages,
    page: shown
  }
}
