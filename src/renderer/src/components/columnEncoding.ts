/** What each column of the table becomes for the network: worked out from the names of the encoded features. */
import type { ColumnSetting } from '../../../shared/column-setting'
import type { Setup } from '../../../shared/setup'
import type { ColumnView, DatasetView, Notice, PreparedView, SetupView } from '../../../shared/views'
import { columnSetting, kindOf, missingOf, type Scaling } from '../state/columnEdits'
import { plural } from '../state/format'
import { roleOf, type Role } from '../state/roleEdits'

export interface ColumnRole {
  readonly column: ColumnView
  readonly role: Role
  /** Network inputs made of this column; null while nothing is prepared, and of a target that is none. */
  readonly inputs: number | null
  /** What happens to it, in a few words. */
  readonly becomes: string
  /** Numbers that the network learns for each of its values; null where it learns none, or nothing is prepared. */
  readonly learned: number | null
}

/**
 * Roles in the order of the columns. Features stand in table order in `prepared.features`, each under the column's name
 * and what its kind adds (`name=value` for each category, `name year` for a date), so each column's are found by walking
 * both lists together.
 */
export function columnRoles(
  columns: readonly ColumnView[],
  setup: Setup | null,
  prepared: PreparedView | null
): ColumnRole[] {
  const features = prepared?.features ?? []
  let at = 0
  return columns.map((column): ColumnRole => {
    const role = setup === null ? 'feature' : roleOf(setup, column.name)
    if (setup !== null && role === 'target') {
      // Windows that look ahead show the network what it has to predict as it was before.
      const inputs = setup.window === null || setup.window.horizon === 0 ? 0 : inputsOf(column.name, features, at)
      at += inputs
      const past = inputs === 0 ? '' : ', from its own past too'
      return {
        column,
        role,
        inputs: inputs === 0 ? null : inputs,
        becomes: `${targetBecomes(setup, prepared)}${past}`,
        learned: null
      }
    }
    if (role !== 'feature' && role !== 'target')
      return { column, role, inputs: 0, becomes: becomesOf[role], learned: null }
    const learned = prepared?.embedded.find((input) => input.column === column.name)?.size ?? null
    const how = plan(column, setup, learned)
    if (prepared === null) return { column, role, inputs: null, becomes: how, learned: null }
    const inputs = inputsOf(column.name, features, at)
    at += inputs
    const becomes =
      inputs === 0 ? 'left out: see the notices' : `${inputs === 1 ? '1 input' : `${inputs} inputs`}: ${how}`
    return { column, role, inputs, becomes, learned }
  })
}

/** Columns that become inputs of the network, targets whose past it sees among them; features that may, while nothing is prepared. */
export function usedColumns(roles: readonly ColumnRole[]): number {
  return roles.filter(({ role, inputs }) => (inputs === null ? role === 'feature' : inputs > 0)).length
}

const becomesOf: Readonly<Record<Exclude<Role, 'feature' | 'target'>, string>> = {
  ignored: 'not used',
  weight: 'says how much each row counts, no feature',
  group: 'keeps rows together, no feature',
  part: 'says which rows are kept back, no feature',
  time: 'puts the rows in order, no feature',
  series: 'says which series a row is of, no feature'
}

/** What the names of inputs add to the column's, where it has several. */
const additions = /^(?:=.*|: .*|\[[^\]]*\]| (?:year|(?:month|day|weekday|hour) (?:sin|cos)|is missing))$/s

/** How many of the features from `at` on are inputs of that column. */
function inputsOf(column: string, features: readonly string[], at: number): number {
  if (features[at] === column) return features[at + 1] === `${column} is missing` ? 2 : 1
  const belongs = (name = '') => name.startsWith(column) && additions.test(name.slice(column.length))
  let end = at
  while (belongs(features[end])) end++
  return end - at
}

const scaled: Readonly<Record<Scaling, string>> = {
  standard: 'standardised',
  'min-max': 'scaled to 0…1',
  robust: 'scaled by its quartiles',
  log1p: 'its logarithm, standardised',
  none: 'as it is'
}

/** What is to become of a column, in a few words. */
function plan(column: ColumnView, setup: Setup | null, learned: number | null): string {
  if (setup !== null && !setup.prepare) return 'as it stands in the file'
  const setting = setup === null ? { name: column.name } : columnSetting(setup, column.name)
  const told = setting.indicator === true ? ', one more where missing' : ''
  return `${ways(column, setting, learned)}${gaps(column, setting)}${told}`
}

function ways(column: ColumnView, setting: ColumnSetting, learned: number | null): string {
  const kind = kindOf(column, setting)
  switch (kind) {
    case 'number':
      return scaled[setting.scaling ?? 'standard']
    case 'category':
      return 'one-hot'
    case 'embedding':
      return `${learned === null ? 'learned numbers' : plural(learned, 'learned number')} for each value`
    case 'ordinal':
      return 'its rank, standardised'
    case 'boolean':
      return '1 or 0'
    case 'date':
      return 'parts of the date'
    case 'words':
      return 'one for each word'
    case 'image':
      return 'pixels, standardised'
  }
}

function gaps(column: ColumnView, setting: ColumnSetting): string {
  const missing = missingOf(kindOf(column, setting), setting)
  if (missing === 'drop-row') return ', rows without it left out'
  if (column.missing === 0 || missing === 'none') return ''
  if (missing === 'constant') return `, gaps filled with ${String(setting.constant ?? '')}`
  return `, gaps filled with the training ${missing === 'most-frequent' ? 'mode' : missing}`
}

function targetBecomes(setup: Setup, prepared: PreparedView | null): string {
  if (setup.task === 'regression') return 'predicted, standardised for training'
  if (setup.task === 'multi-label') return 'predicted: one of 2 classes'
  const classes = prepared?.classes.length ?? 0
  return classes === 0 ? 'predicted as a class' : `predicted: one of ${classes} classes`
}

/** What the checks found and what is to be said of the preparation and the file, each said once, warnings first. */
export function noticesOf(dataset: DatasetView, setupView: SetupView | null): Notice[] {
  const told = new Set<string>()
  const found = [...(setupView?.findings ?? []), ...(setupView?.prepared?.notices ?? []), ...dataset.notices]
  const once = found.filter(({ code, message }) => {
    const key = `${code}\n${message}`
    const isNew = !told.has(key)
    told.add(key)
    return isNew
  })
  return [...once.filter(isWarning), ...once.filter((notice) => !isWarning(notice))]
}

function isWarning({ severity }: Notice): boolean {
  return severity === 'warning'
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
