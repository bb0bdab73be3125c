/** Ways of parting the rows, in words, and changes from one to another. */
import type { SplitSetting } from '../../../shared/column-setting'
import type { Setup } from '../../../shared/setup'
import type { ColumnView } from '../../../shared/views'

export type SplitWay = SplitSetting['by']

export interface SplitChoice {
  readonly by: SplitWay
  readonly label: string
  /** Why it cannot be chosen; null when it can. */
  readonly unfit: string | null
}

export function splitChoices({ task, target }: Setup, columns: readonly ColumnView[]): SplitChoice[] {
  const isAlone = columns.every(({ name }) => name === target)
  return [
    { by: 'auto', label: 'Automatic', unfit: null },
    { by: 'random', label: 'Random', unfit: null },
    { by: 'stratified', label: 'Stratified', unfit: task === 'regression' ? 'needs classes' : null },
    { by: 'grouped', label: 'Grouped', unfit: isAlone ? 'needs another column' : null },
    { by: 'ordered', label: 'In order', unfit: null }
  ]
}

/** Columns that the split may be by: groups never by the target, an order by anything. */
export function splitColumns(by: SplitWay, target: string, columns: readonly ColumnView[]): readonly ColumnView[] {
  return by === 'grouped' ? columns.filter(({ name }) => name !== target) : columns
}

/** Another way, with the column that it most likely means: of groups with several rows each, or of dates. */
export function withSplit(setup: Setup, by: SplitWay, columns: readonly ColumnView[], rows: number): Setup {
  return { ...setup, split: { by, column: likelyColumn(by, setup.target, columns, rows) } }
}

function likelyColumn(by: SplitWay, target: string, columns: readonly ColumnView[], rows: number): string | null {
  if (by === 'ordered') return columns.find(({ type, name }) => type === 'date' && name !== target)?.name ?? null
  if (by !== 'grouped') return null
  const others = splitColumns(by, target, columns)
  const groups = others.filter(({ distinct }) => distinct >= 3 && distinct * 2 <= rows)
  // Names of persons, places or sessions: many groups, and each of several rows.
  const likely = groups
    .filter(({ storage, integers }) => storage === 'category' || integers)
    .toSorted((a, b) => b.distinct - a.distinct)
  return (likely[0] ?? groups[0] ?? others[0])?.name ?? null
}

/** What the way of splitting means, in one sentence. */
export function splitSentence({ split, task, seed }: Setup): string {
  const { by, column } = split
  const drawn = `drawn at random with seed ${seed}`
  switch (by) {
    case 'auto':
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
        : `The column “${column}” says which rows are kept back.`
  }
}
