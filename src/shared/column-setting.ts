/** What a person may say of a column and of the split: names of choices, and the form in which a setup keeps them. */
import * as v from 'valibot'

/** Longest name of a column; longer ones are shortened where tables are read. */
export const MAX_COLUMN_NAME = 1000
/** Categories whose order may be given. */
const MAX_ORDER = 1000

/** What a person may say that a column is. */
export const columnTypes = ['number', 'category', 'boolean', 'date', 'text'] as const
export type SettableType = (typeof columnTypes)[number]
/** What a column is for people. */
export type ColumnType = SettableType | 'image'
/** What stands in for a missing value; `drop-row` leaves its row out. */
export const missingStrategies = ['median', 'mean', 'most-frequent', 'constant', 'drop-row'] as const
/** How numbers are brought to one size. */
export const scalings = ['standard', 'min-max', 'robust', 'log1p', 'none'] as const
/** How what is no number becomes numbers. */
export const encodings = ['one-hot', 'ordinal', 'words', 'date-parts'] as const
/** Which rows are kept for validation and for the test; `auto`: stratified for classes, random for values. */
export const splitWays = ['auto', 'random', 'stratified', 'grouped', 'ordered'] as const

const text = v.pipe(v.string(), v.maxLength(MAX_COLUMN_NAME))

/** What differs from the defaults for one column. What is left out follows from its type. */
export const columnSettingSchema = v.strictObject({
  name: text,
  type: v.optional(v.picklist(columnTypes)),
  missing: v.optional(v.picklist(missingStrategies)),
  /** Stands in for a missing value where `missing` is `constant`. */
  constant: v.optional(v.union([v.pipe(v.number(), v.finite()), text])),
  /** One more input: 1 where the value is missing. */
  indicator: v.optional(v.boolean()),
  scaling: v.optional(v.picklist(scalings)),
  encoding: v.optional(v.picklist(encodings)),
  /** The categories of an ordinal column, the lowest first; else by value or by code point. */
  order: v.optional(v.pipe(v.array(text), v.minLength(1), v.maxLength(MAX_ORDER)))
})
export type ColumnSetting = v.InferOutput<typeof columnSettingSchema>

export const splitSettingSchema = v.strictObject({
  by: v.picklist(splitWays),
  /** The groups, or what the order is by; null: the order of the file. */
  column: v.nullable(text)
})
export type SplitSetting = v.InferOutput<typeof splitSettingSchema>
