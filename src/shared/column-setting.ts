/** What a person may say of a column and of the split: names of choices, and the form in which a setup keeps them. */
import * as v from 'valibot'

/** Longest name of a column; longer ones are shortened where tables are read. */
export const MAX_COLUMN_NAME = 1000
/** Numbers of the vector that is learned for a category, at most. */
export const MAX_EMBEDDING_SIZE = 64
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
export const encodings = ['one-hot', 'embedding', 'ordinal', 'words', 'date-parts'] as const
/**
 * Which rows are kept for validation and for the test; `auto`: by time for windows, else stratified for classes, random for
 * values; `fixed`: those in which a column says so.
 */
export const splitWays = ['auto', 'random', 'stratified', 'grouped', 'ordered', 'fixed'] as const

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
  /** Numbers of each vector of an embedding; else by the number of its entries. */
  size: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_EMBEDDING_SIZE))),
  /** The categories of an ordinal column, the lowest first; else by value or by code point. */
  order: v.optional(v.pipe(v.array(text), v.minLength(1), v.maxLength(MAX_ORDER)))
})
export type ColumnSetting = v.InferOutput<typeof columnSettingSchema>

/**
 * Numbers of each vector where nobody says how many: round(1.6 · entries^0.56), fastai's rule of thumb (`emb_sz_rule` of
 * fastai/tabular/model.py), at most 64.
 * @param entries the categories and the one that is not known
 */
export function defaultEmbeddingSize(entries: number): number {
  return Math.min(MAX_EMBEDDING_SIZE, Math.round(1.6 * entries ** 0.56))
}

/** Values of a column that mark rows for one part. */
const partSchema = v.pipe(v.array(text), v.maxLength(MAX_ORDER))

export const splitSettingSchema = v.strictObject({
  by: v.picklist(splitWays),
  /** The groups, what the order is by, or what says the part; null: the order of the file. */
  column: v.nullable(text),
  /** `fixed`: values of the column in rows kept for validation, and for the test; all other rows are trained on. */
  validation: v.optional(partSchema),
  test: v.optional(partSchema)
})

/** Steps back that a window may have, and steps ahead. */
export const MAX_WINDOW_STEPS = 10_000
export const MAX_HORIZON = 1000
const wholeNumber = (min: number, max: number) =>
  v.union([v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max)), v.nan()])

/** Rows that follow one another as one input: the last `steps` rows tell the target's next `horizon` values. */
export const windowSettingSchema = v.strictObject({
  steps: wholeNumber(1, MAX_WINDOW_STEPS),
  /** 0: the target of the window's last row, which the network is not shown then. */
  horizon: wholeNumber(0, MAX_HORIZON),
  /** What the rows are ordered by; null: the order of the file. */
  time: v.nullable(text),
  /** Rows with one value here are one series; windows do not reach from one into another. null: all rows are one. */
  series: v.nullable(text)
})
export type WindowSetting = v.InferOutput<typeof windowSettingSchema>
export type SplitSetting = v.InferOutput<typeof splitSettingSchema>
