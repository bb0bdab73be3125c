/** What is said of single columns: what applies to each, and changes that leave nothing behind that does not. */
import { kindsOfType, plannedKind, strategiesOf, type FeatureKind } from '../../../shared/column-choices'
import { encodings, type ColumnSetting, type ColumnType, type SettableType } from '../../../shared/column-setting'
import type { Setup } from '../../../shared/setup'
import type { ColumnView } from '../../../shared/views'

export type Missing = NonNullable<ColumnSetting['missing']>
export type Scaling = NonNullable<ColumnSetting['scaling']>
type Said = Omit<ColumnSetting, 'name'>

/** What is said of a column; its name alone where nothing is. */
export function columnSetting(setup: Setup, name: string): ColumnSetting {
  return setup.columns.find((setting) => setting.name === name) ?? { name }
}

/** What the column counts as: what it is, or what somebody said. */
export function typeOf(column: ColumnView, setting: ColumnSetting): ColumnType {
  return setting.type ?? column.type
}

export function kindOf(column: ColumnView, setting: ColumnSetting): FeatureKind {
  return plannedKind(column.type, setting)
}

/** Types that the column can be taken for, its own among them; none for images, which are nothing else. */
export function typeChoices({ type, storage, time, distinct }: ColumnView): SettableType[] {
  if (type === 'image' || storage === 'image') return []
  const possible: SettableType[] =
    storage === 'category'
      ? ['category', 'text', 'number']
      : time === null
        ? ['number', 'category']
        : ['date', 'number', 'category']
  if (distinct <= 2 && time === null) possible.push('boolean')
  return possible.includes(type) ? possible : [type, ...possible]
}

/** Kinds of features that the column can become as that type. */
export function kindChoices({ storage }: ColumnView, type: ColumnType): FeatureKind[] {
  if (type === 'image') return ['image']
  return kindsOfType[type].filter((kind) => (storage === 'number' ? kind !== 'words' : kind !== 'date'))
}

/** What stands in for a missing value now: `none` where an indicator or the lack of words tells of it. */
export function missingOf(kind: FeatureKind, { missing, indicator }: Said): Missing | 'none' {
  if (missing !== undefined) return missing
  if (kind === 'number' || kind === 'date') return 'median'
  return kind === 'words' || indicator === true ? 'none' : 'most-frequent'
}

export function missingChoices(kind: FeatureKind, setting: Said): (Missing | 'none')[] {
  const isNamed = kind !== 'number' && kind !== 'date' && kind !== 'image'
  const mayBeNone = kind === 'words' || (isNamed && setting.indicator === true)
  return mayBeNone ? ['none', ...strategiesOf[kind]] : [...strategiesOf[kind]]
}

export function withType(setup: Setup, column: ColumnView, type: SettableType): Setup {
  const said = {
    type: type === column.type ? undefined : type,
    encoding: undefined,
    scaling: undefined,
    order: undefined
  }
  return withSetting(setup, column, said)
}

/** The fewest words that make the column a feature of that kind. */
export function withKind(setup: Setup, column: ColumnView, kind: FeatureKind): Setup {
  const setting = columnSetting(setup, column.name)
  const type = setting.type === column.type ? undefined : setting.type
  const ways: Said[] = [
    { type },
    ...encodings.map((encoding) => ({ type, encoding })),
    { type: typeChoices(column).find((each) => each === typeOf(column, setting)) }
  ]
  const way = ways.find((each) => plannedKind(column.type, each) === kind) ?? {}
  return withSetting(setup, column, { type: way.type, encoding: way.encoding, scaling: undefined, order: undefined })
}

export function withScaling(setup: Setup, column: ColumnView, scaling: Scaling): Setup {
  return withSetting(setup, column, { scaling: scaling === 'standard' ? undefined : scaling })
}

/** @param size numbers of each vector of an embedding */
export function withSize(setup: Setup, column: ColumnView, size: number): Setup {
  return withSetting(setup, column, { size })
}

/** The categories of an ordinal column as they rank, the lowest first; null where the window does not know all of them. */
export function orderOf({ storage, top, distinct }: ColumnView, { order }: Said): readonly string[] | null {
  if (storage !== 'category' || distinct > top.length) return null
  const usual = usualOrder(top)
  // A file that was read anew may have others.
  return order !== undefined && usual.every((each) => order.includes(each)) ? order : usual
}

/** By value where all are numbers, else by code point: as the preparation has it unless somebody says otherwise. */
function usualOrder(categories: readonly string[]): string[] {
  const areNumbers = categories.every((each) => each.trim() !== '' && Number.isFinite(Number(each)))
  return categories.toSorted((a, b) => (areNumbers ? Number(a) - Number(b) : a < b ? -1 : 1))
}

/** @param from place of the category that takes the place `to` */
export function withMoved(setup: Setup, column: ColumnView, from: number, to: number): Setup {
  const order = orderOf(column, columnSetting(setup, column.name))
  const moved = order?.[from]
  if (order === null || moved === undefined) return setup
  const wanted = order.toSpliced(from, 1).toSpliced(to, 0, moved)
  const isUsual = wanted.join('\n') === usualOrder(column.top).join('\n')
  return withSetting(setup, column, { order: isUsual ? undefined : wanted })
}

export function withIndicator(setup: Setup, column: ColumnView, isWanted: boolean): Setup {
  return withSetting(setup, column, { indicator: isWanted ? true : undefined })
}

/** A constant is needed at once: the middle of the column, or what it has most. */
export function withMissing(setup: Setup, column: ColumnView, missing: Missing | 'none'): Setup {
  const setting = columnSetting(setup, column.name)
  const kind = kindOf(column, setting)
  const isUsual = missing === 'none' || missing === missingOf(kind, { ...setting, missing: undefined })
  return withSetting(setup, column, {
    missing: isUsual ? undefined : missing,
    constant: missing === 'constant' ? usualConstant(column, kind) : undefined,
    ...(missing === 'drop-row' && { indicator: undefined })
  })
}

export function withConstant(setup: Setup, column: ColumnView, constant: number | string): Setup {
  return withSetting(setup, column, { constant })
}

function usualConstant({ quartiles, top, type, time }: ColumnView, kind: FeatureKind): number | string {
  const middle = quartiles?.[1] ?? 0
  if (kind === 'number') return Number(middle.toPrecision(6))
  if (kind === 'date') return new Date(middle).toISOString().slice(0, 10)
  if (top[0] !== undefined) return top[0]
  return type === 'date' && time !== null ? new Date(middle).toISOString().slice(0, 10) : String(middle)
}

/** Changes what is said of a column; what no longer applies to it is left out, and so is a column of which nothing is said. */
function withSetting(setup: Setup, column: ColumnView, change: Said): Setup {
  const before = columnSetting(setup, column.name)
  const wanted = { ...before, ...change }
  const kind = kindOf(column, wanted)
  const same = kind === kindOf(column, before)
  const isKept =
    wanted.missing !== undefined &&
    strategiesOf[kind].includes(wanted.missing) &&
    (same || wanted.missing !== 'constant')
  const setting = spoken(column.name, {
    ...wanted,
    missing: isKept ? wanted.missing : undefined,
    constant: isKept && wanted.missing === 'constant' ? wanted.constant : undefined,
    size: kind === 'embedding' ? wanted.size : undefined
  })
  const isNew = !setup.columns.some(({ name }) => name === column.name)
  const columns = setup.columns.flatMap((each) => (each.name === column.name ? setting : [each]))
  return { ...setup, columns: isNew ? [...columns, ...setting] : columns }
}

/** Without keys that say nothing; none when no key says anything. */
function spoken(name: string, said: Said): ColumnSetting[] {
  const { type, missing, constant, indicator, scaling, encoding, size, order } = said
  const setting = {
    name,
    ...(type !== undefined && { type }),
    ...(missing !== undefined && { missing }),
    ...(constant !== undefined && { constant }),
    ...(indicator !== undefined && { indicator }),
    ...(scaling !== undefined && { scaling }),
    ...(encoding !== undefined && { encoding }),
    ...(size !== undefined && { size }),
    ...(order !== undefined && { order })
  }
  return Object.keys(setting).length > 1 ? [setting] : []
}
