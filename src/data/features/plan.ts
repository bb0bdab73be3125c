/** How one column is to be prepared: what the person said of it, the rest by its type. */
import { kindOfEncoding, kindsOfType, plannedKind, strategiesOf } from '../../shared/column-choices'
import type { ColumnSetting } from '../../shared/column-setting'
import { ConfigError } from '../../shared/errors'
import { columnType } from '../column-type'
import { featureNumber, numberText, parseNumber } from '../numbers'
import type { Column } from '../table'
import { momentOf } from './date'

/** What to do where a value is missing, by the kind of feature. */
type Missing<Strategy extends string, Constant> =
  { readonly missing: Strategy | 'drop-row' } | { readonly missing: 'constant'; readonly constant: Constant }

interface Told {
  /** One more input: 1 where the value is missing. */
  readonly indicator: boolean
}

type Numeric<Constant> = Missing<'median' | 'mean' | 'most-frequent', Constant> & Told
/** `none`: the indicator alone tells of it. */
type Named = Missing<'most-frequent' | 'none', string> & Told

export type FeaturePlan =
  | (Numeric<number> & {
      readonly kind: 'number'
      readonly scaling: NonNullable<ColumnSetting['scaling']>
      /** Text that is no number counts as missing. */
      readonly lenient: boolean
    })
  | (Numeric<number> & { readonly kind: 'date' })
  | (Named & { readonly kind: 'category' })
  /** `size` null: by the number of categories. */
  | (Named & { readonly kind: 'embedding'; readonly size: number | null })
  | (Named & { readonly kind: 'boolean' })
  | (Named & { readonly kind: 'ordinal'; readonly order: readonly string[] | null })
  | (Told & { readonly kind: 'words'; readonly missing: 'none' | 'drop-row' })
  | { readonly kind: 'image'; readonly missing: 'none'; readonly indicator: false }

type Kind = FeaturePlan['kind']
export type PlanOf<K extends Kind> = K extends Kind ? Extract<FeaturePlan, { readonly kind: K }> : never

/**
 * How a column becomes a feature. Without a setting: numbers standardised with gaps filled by the median, dates as their
 * parts, everything else one-hot with gaps filled by the most frequent category.
 * @throws ConfigError `column-setting` for a setting that says what cannot be, naming the column and the setting
 */
export function planOf(column: Column, setting: ColumnSetting = { name: column.name }): FeaturePlan {
  const kind = kindOf(column, setting)
  refuseForeign(kind, setting)
  const indicator = setting.indicator ?? false
  switch (kind) {
    case 'number':
      return {
        kind,
        scaling: setting.scaling ?? 'standard',
        lenient: column.type === 'category',
        indicator,
        ...numeric(setting, (constant) => {
          const value = featureNumber(typeof constant === 'number' ? constant : (parseNumber(constant) ?? NaN))
          return { value, expected: 'a number' }
        })
      }
    case 'date':
      return {
        kind,
        indicator,
        ...numeric(setting, (constant) => ({ value: momentOf(momentIn(constant)), expected: 'a date, as 2024-05-31' }))
      }
    case 'category':
      return { kind, indicator, ...named(setting) }
    case 'embedding':
      return { kind, indicator, size: setting.size ?? null, ...named(setting) }
    case 'boolean':
      return { kind, indicator, ...named(setting) }
    case 'ordinal':
      return { kind, indicator, order: orderOf(setting), ...named(setting) }
    case 'words':
      return { kind, indicator, missing: setting.missing === 'drop-row' ? 'drop-row' : 'none' }
    case 'image':
      return { kind, indicator: false, missing: 'none' }
  }
}

/** Nothing can be said of images. */
function refuseAll(setting: ColumnSetting): void {
  for (const key of ['type', 'missing', 'constant', 'indicator', 'scaling', 'encoding', 'size', 'order'] as const) {
    if (setting[key] === undefined) continue
    throw wrong(setting, key, 'it holds images, which are always standardised channel by channel')
  }
}

function kindOf(column: Column, setting: ColumnSetting): Kind {
  if (column.type === 'image') refuseAll(setting)
  const { type, encoding, scaling } = setting
  const said = encoding === undefined ? (scaling === undefined ? undefined : 'number') : kindOfEncoding[encoding]
  const kinds = type === undefined ? undefined : kindsOfType[type]
  if (said !== undefined && kinds?.includes(said) === false) {
    throw wrong(
      setting,
      encoding === undefined ? 'scaling' : 'encoding',
      `a ${type} cannot be ${encoding ?? `scaled (${scaling})`}`
    )
  }
  if (encoding !== undefined && scaling !== undefined)
    throw wrong(setting, 'scaling', `only numbers are scaled, not what is ${encoding}`)
  const kind = plannedKind(columnType(column), setting)
  if (kind === 'date' && column.type === 'category') {
    throw wrong(setting, 'type', 'not all of its cells could be read as dates, such as 2024-05-31 or 2024-05-31 17:30')
  }
  if (kind === 'words' && column.type === 'number')
    throw wrong(setting, 'type', 'it holds numbers, which have no words')
  if (kind === 'number' && type === undefined && column.type === 'category')
    throw wrong(
      setting,
      'scaling',
      'it holds text; say type number as well to take cells that are no numbers for missing'
    )
  return kind
}

/** Settings that say nothing for this kind are mistakes rather than passed over. */
function refuseForeign(kind: Kind, setting: ColumnSetting): void {
  const { missing, constant, size, order } = setting
  const allowed = strategiesOf[kind]
  if (missing !== undefined && !allowed.includes(missing))
    throw wrong(setting, 'missing', `missing values of this kind (${kind}) can be filled by ${allowed.join(', ')}`)
  if (constant !== undefined && missing !== 'constant')
    throw wrong(setting, 'constant', 'a constant needs missing to be constant')
  if (missing === 'constant' && constant === undefined)
    throw wrong(setting, 'constant', 'missing is constant, so a constant is needed')
  if (missing === 'drop-row' && setting.indicator === true)
    throw wrong(setting, 'indicator', 'rows without a value are left out, so an indicator would always be 0')
  if (size !== undefined && kind !== 'embedding') throw wrong(setting, 'size', 'a size is for the encoding embedding')
  if (order !== undefined && kind !== 'ordinal') throw wrong(setting, 'order', 'an order is for the encoding ordinal')
}

function numeric(
  setting: ColumnSetting,
  read: (constant: number | string) => { value: number; expected: string }
): Missing<'median' | 'mean' | 'most-frequent', number> {
  if (setting.missing !== 'constant') return { missing: setting.missing ?? 'median' }
  const { value, expected } = read(setting.constant ?? '')
  if (!Number.isNaN(value)) return { missing: 'constant', constant: value }
  throw wrong(setting, 'constant', `expected ${expected}, got "${String(setting.constant).slice(0, 40)}"`)
}

function named(setting: ColumnSetting): Missing<'most-frequent' | 'none', string> {
  const { missing, constant, indicator } = setting
  if (missing === 'constant') {
    const text = typeof constant === 'number' ? numberText(constant) : (constant ?? '')
    // In exported files the empty text is a missing value.
    if (text !== '') return { missing, constant: text }
    throw wrong(setting, 'constant', 'expected a category, got an empty text')
  }
  if (missing === 'drop-row') return { missing }
  return { missing: missing === undefined && indicator === true ? 'none' : 'most-frequent' }
}

function orderOf(setting: ColumnSetting): readonly string[] | null {
  const { order, missing, constant } = setting
  if (order === undefined) return null
  if (new Set(order).size !== order.length) throw wrong(setting, 'order', 'its order names a category twice')
  if (missing === 'constant' && !order.includes(String(constant)))
    throw wrong(setting, 'constant', `"${String(constant)}" is not in its order`)
  return order
}

/** Milliseconds of an ISO date or time, in UTC unless it says otherwise; NaN for anything else. */
function momentIn(constant: number | string): number {
  if (typeof constant === 'number') return constant
  if (!/^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/.test(constant))
    return NaN
  const time = constant.replace(' ', 'T')
  return Date.parse(/T.*(?:Z|[+-]\d{2}:\d{2})$|^[^T]*$/.test(time) ? time : `${time}Z`)
}

function wrong(setting: ColumnSetting, key: keyof ColumnSetting, problem: string): ConfigError {
  return new ConfigError('column-setting', `Column "${setting.name}", ${key}: ${problem}.`, {
    column: setting.name,
    setting: key
  })
}
