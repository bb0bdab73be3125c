/** Columns in words: what each is, what becomes of it, and its values as people read them. */
import type { FeatureKind } from '../../../shared/column-choices'
import type { ColumnType } from '../../../shared/column-setting'
import type { AssociationView, ColumnView } from '../../../shared/views'
import type { Missing, Scaling } from '../state/columnEdits'
import { formatCount } from '../state/format'
import { formatValue } from './plainNumbers'

export const typeLabels: Readonly<Record<ColumnType, string>> = {
  number: 'Number',
  category: 'Category',
  boolean: 'Boolean (yes or no)',
  date: 'Date',
  text: 'Text',
  image: 'Image'
}

export const kindLabels: Readonly<Record<FeatureKind, string>> = {
  number: 'Number',
  category: 'One-hot',
  embedding: 'Embedding',
  boolean: '1 or 0',
  ordinal: 'Ordinal',
  words: 'Words',
  date: 'Date parts',
  image: 'Pixels'
}

export const scalingLabels: Readonly<Record<Scaling, string>> = {
  standard: 'Standard',
  'min-max': 'Min–max',
  robust: 'Robust',
  log1p: 'Logarithm',
  none: 'None'
}

export const missingLabels: Readonly<Record<Missing | 'none', string>> = {
  median: 'Median',
  mean: 'Mean',
  'most-frequent': 'Most frequent',
  constant: 'Constant',
  'drop-row': 'Leave out the row',
  none: 'Nothing'
}

const measures: Readonly<Record<AssociationView['measure'], string>> = {
  spearman: 'Spearman’s rank correlation, its size',
  'correlation-ratio': 'Correlation ratio, corrected for chance',
  'cramers-v': 'Cramér’s V, corrected for chance'
}

/** `Spearman’s rank correlation, its size: 0.87 with “mpg”, over 314 training rows` */
export function associationText({ measure, value, rows }: AssociationView, target: string): string {
  return `${measures[measure]}: ${value.toFixed(2)} with “${target}”, over ${formatCount(rows)} training ${rows === 1 ? 'row' : 'rows'}`
}

/** `whole number`, `category`, `date`. */
export function typeText({ type, integers }: ColumnView): string {
  return type === 'number' && integers ? 'whole number' : type
}

/** A number of a column, or the day and time that it stands for. */
export function columnValue({ time }: Pick<ColumnView, 'time'>, value: number | null, digits = 4): string {
  if (time === null || value === null) return formatValue(value, digits)
  const date = new Date(value)
  if (Number.isNaN(date.getTime())) return '–'
  const [day = '', clock = ''] = date.toISOString().split('T')
  return time === 'date' ? day : `${day} ${clock.slice(0, clock.startsWith('00', 6) ? 5 : 8)}`
}
