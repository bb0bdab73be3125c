/** Ways of parting the rows, in words, and changes from one to another. */
import type { SplitSetting } from '../../../shared/column-setting'
import { partNamed, partsAmong } from '../../../shared/part-names'
import { targetsOf, type Setup } from '../../../shared/setup'
import type { ColumnView } from '../../../shared/views'

export type SplitWay = SplitSetting['by']

export interface SplitChoice {
  readonly by: SplitWay
  readonly label: string
  /** Why it cannot be chosen; null when it can. */
  readonly unfit: string | null
}

export function splitChoices(setup: Setup, columns: readonly ColumnView[]): SplitChoice[] {
  const { task, window } = setup
  const isAlone = splitColumns('fixed', setup, columns).length === 0
  const overlap = window === null ? null : 'windows overlap'
  const another = isAlone ? 'needs another column' : null
  return [
    { by: 'auto', label: 'Automatic', unfit: null },
    { by: 'random', label: 'Random', unfit: overlap },
    { by: 'stratified', label: 'Stratified', unfit: task === 'regression' ? 'needs classes' : overlap },
    { by: 'grouped', label: 'Grouped', unfit: window?.series === null ? 'needs series' : another },
    { by: 'ordered', label: 'In order', unfit: null },
    { by: 'fixed', label: 'By a column', unfit: another }
  ]
}

/**
 * Columns that the split may be by: groups and fixed parts never by a target or the weights, an order by anything; windows
 * have groups and an order of their own.
 */
export function splitColumns(by: SplitWay, setup: Setup, columns: readonly ColumnView[]): readonly ColumnView[] {
  const { window, weight } = setup
  if (window !== null && by === 'grouped') return columns.filter(({ name }) => name === window.series)
  if (by === 'ordered') return window === null ? columns : columns.filter(({ name }) => name === window.time)
  return columns.filter(({ name }) => !targetsOf(setup).includes(name) && name !== weight)
}

/** Another way, with the column that it most likely means: of groups with several rows each, of dates, or of parts. */
export function withSplit(setup: Setup, by: SplitWay, columns: readonly ColumnView[], rows: number): Setup {
  return withSplitColumn(setup, by, likelyColumn(by, setup, columns, rows), columns)
}

/** The way by another column; values that speak of validation or the test are taken for that. */
export function withSplitColumn(
  setup: Setup,
  by: SplitWay,
  column: string | null,
  columns: readonly ColumnView[]
): Setup {
  const values = columns.find(({ name }) => name === column)?.top ?? []
  return { ...setup, split: by === 'fixed' ? { by, column, ...partsAmong(values) } : { by, column } }
}

export type Part = 'train' | 'validation' | 'test'

/** What rows with this value of the split's column are for. */
export function partOf({ split }: Setup, value: string): Part {
  if (split.validation?.includes(value) === true) return 'validation'
  return split.test?.includes(value) === true ? 'test' : 'train'
}

/** Values of the split's column that can be marked: the most frequent ones, and those that are marked already. */
export function partValues({ split }: Setup, columns: readonly ColumnView[]): readonly string[] {
  if (split.by !== 'fixed') return []
  const top = columns.find(({ name }) => name === split.column)?.top ?? []
  return [...new Set([...top, ...(split.validation ?? []), ...(split.test ?? [])])]
}

export function withPart(setup: Setup, value: string, part: Part): Setup {
  const changed = (of: Part) => {
    const others = (of === 'train' ? [] : (setup.split[of] ?? [])).filter((each) => each !== value)
    return of === part ? [...others, value] : others
  }
  return { ...setup, split: { ...setup.split, validation: changed('validation'), test: changed('test') } }
}

function likelyColumn(by: SplitWay, setup: Setup, columns: readonly ColumnView[], rows: number): string | null {
  const { window } = setup
  const others = splitColumns(by, setup, columns)
  if (by === 'ordered') {
    if (window !== null) return window.time
    return others.find(({ type, name }) => type === 'date' && !targetsOf(setup).includes(name))?.name ?? null
  }
  if (by === 'fixed')
    return (others.find(({ top }) => top.some((value) => partNamed(value) !== null)) ?? others[0])?.name ?? null
  if (by !== 'grouped') return null
  const groups = others.filter(({ distinct }) => distinct >= 3 && distinct * 2 <= rows)
  // Names of persons, places or sessions: many groups, and each of several rows.
  const likely = groups
    .filter(({ storage, integers }) => storage === 'category' || integers)
    .toSorted((a, b) => b.distinct - a.distinct)
  return (likely[0] ?? groups[0] ?? others[0])?.name ?? null
}

/** What the way of splitting means, in one sentence. */
export function splitSentence({ split, task, seed, window }: Setup): string {
  const { by, column } = split
  const drawn = `drawn at random with seed ${seed}`
  switch (by) {
    case 'auto':
      if (window !== null) return 'The last windows in time are kept back: the network is judged on what came later.'
      return task === 'regression' ? `Rows are ${drawn}.` : `Rows are ${drawn}, each class in its share.`
    case 'random':
      return `Rows are ${drawn}, whatever they hold.`
    case 'stratified':
      return `Rows are ${drawn}, each class in its share.`
    case 'grouped':
      return column === null
        ? 'Choose the column that says which rows belong together.'
        : `All rows with the same “${column}” stay together, so no group is both learned and judged by; groups are ${drawn}.`
    case 'ordered':
      return column === null
        ? 'The last rows of the file are kept back: the network is judged on what came later.'
        : `Sorted by “${column}”, the last rows are kept back: the network is judged on what came later.`
    case 'fixed':
      return column === null
        ? 'Choose the column that says which rows are kept back.'
        : `“${column}” says which rows are kept back: for validation ${listed(split.validation)}, for the test ${listed(split.test)}.`
  }
}

function listed(values: readonly string[] = []): string {
  return values.length === 0 ? 'none' : values.map((value) => `“${value}”`).join(', ')
}
