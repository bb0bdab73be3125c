/**
 * The preparation: how raw columns become the numbers a network sees, as one plain value.
 *
 * It is fitted on training rows alone, saved with the run and applied alike by the studio, the command line,
 * prediction and every exported file.
 */
import * as v from 'valibot'

const text = v.string()
const finite = v.pipe(v.number(), v.finite())
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0))
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER))

const numberFeatureSchema = v.strictObject({
  name: text,
  kind: v.literal('number'),
  /** Stands in for a missing value: the median of the training rows, a float32. */
  fill: finite,
  /** Mean and population standard deviation of the filled training rows; a deviation of 0 is kept as 1. */
  mean: finite,
  scale: positive
})

const categoryFeatureSchema = v.strictObject({
  name: text,
  kind: v.literal('category'),
  /** Categories of the training rows sorted by code point: one input each, 1 where the row has it. */
  categories: v.pipe(v.array(text), v.minLength(1)),
  /** Stands in for a missing value: the most frequent category of the training rows (the first, in a tie). */
  fill: text
})

const rawFeatureSchema = v.strictObject({
  name: text,
  /** The number as it stands in the file, rounded to float32. There must be one: nothing stands in for it. */
  kind: v.literal('raw')
})

const classTargetSchema = v.strictObject({
  name: text,
  task: v.picklist(['binary', 'multi-class']),
  /** Class names in the order of the outputs: by value when all are numbers and were prepared, else by code point. */
  classes: v.pipe(v.array(text), v.minLength(2))
})

const valueTargetSchema = v.strictObject({
  name: text,
  task: v.literal('regression'),
  /**
   * The network learns z = (raw − mean) / scale, so raw = mean + scale · z; both of the training rows, or 0 and 1 where
   * numbers are taken as they stand in the file.
   */
  mean: finite,
  scale: positive
})

export const preparationSchema = v.strictObject({
  /** In the order of the table's columns. */
  features: v.pipe(
    v.array(v.variant('kind', [numberFeatureSchema, categoryFeatureSchema, rawFeatureSchema])),
    v.minLength(1)
  ),
  target: v.variant('task', [classTargetSchema, valueTargetSchema]),
  /** How many rows it was fitted on, and how many were kept for validation. */
  trainRows: v.pipe(count, v.minValue(1)),
  validationRows: count
})

export type Preparation = Readonly<v.InferOutput<typeof preparationSchema>>
export type FeaturePreparation = Preparation['features'][number]
export type TargetPreparation = Preparation['target']

/** Class names in the order of the outputs; empty for regression. */
export function classNames(preparation: Preparation): readonly string[] {
  return preparation.target.task === 'regression' ? [] : preparation.target.classes
}

/**
 * Names of the network's inputs: `bill_length` for a number, `island=Biscoe` for each category.
 * Their number is the number of inputs F.
 */
export function featureNames(preparation: Preparation): string[] {
  return preparation.features.flatMap((feature) =>
    feature.kind === 'category' ? feature.categories.map((category) => `${feature.name}=${category}`) : [feature.name]
  )
}
