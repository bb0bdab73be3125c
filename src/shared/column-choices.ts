/** What each type of column can become for a network, and what may be said of it: forms and preparation agree by these. */
import type { ColumnSetting, ColumnType, SettableType } from './column-setting'

/** Kinds of features that columns become; `raw` numbers stand for themselves and are chosen for the whole table. */
export type FeatureKind = 'number' | 'category' | 'embedding' | 'boolean' | 'date' | 'ordinal' | 'words' | 'image'

/** The kind that an encoding says. */
export const kindOfEncoding = {
  'one-hot': 'category',
  embedding: 'embedding',
  ordinal: 'ordinal',
  words: 'words',
  'date-parts': 'date'
} as const satisfies Record<NonNullable<ColumnSetting['encoding']>, FeatureKind>

/** Kinds of features that a type of column can become; the first unless an encoding says otherwise. */
export const kindsOfType: Record<SettableType, readonly FeatureKind[]> = {
  number: ['number'],
  category: ['category', 'embedding', 'ordinal', 'words'],
  boolean: ['boolean', 'category', 'embedding', 'ordinal'],
  date: ['date', 'category', 'embedding', 'ordinal'],
  text: ['words', 'category', 'embedding', 'ordinal']
}

/** What may stand in for a missing value in each kind besides the default. */
export const strategiesOf: Record<FeatureKind, readonly NonNullable<ColumnSetting['missing']>[]> = {
  number: ['median', 'mean', 'most-frequent', 'constant', 'drop-row'],
  date: ['median', 'mean', 'most-frequent', 'constant', 'drop-row'],
  category: ['most-frequent', 'constant', 'drop-row'],
  embedding: ['most-frequent', 'constant', 'drop-row'],
  boolean: ['most-frequent', 'constant', 'drop-row'],
  ordinal: ['most-frequent', 'constant', 'drop-row'],
  words: ['drop-row'],
  image: []
}

/**
 * The kind that a column becomes: as its encoding or scaling says, else as the type that a person gave it, else as what it
 * is. Unless somebody says so, booleans and texts are categories like any other.
 * @param detected what the column is
 */
export function plannedKind(
  detected: ColumnType,
  { type, encoding, scaling }: Omit<ColumnSetting, 'name'>
): FeatureKind {
  if (detected === 'image') return 'image'
  if (encoding !== undefined) return kindOfEncoding[encoding]
  if (scaling !== undefined) return 'number'
  if (type !== undefined) return kindsOfType[type][0] ?? 'category'
  return detected === 'number' || detected === 'date' ? detected : 'category'
}
