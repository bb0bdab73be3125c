/**
 * The preparation: how raw columns become the numbers a network sees, as one plain value.
 *
 * It is fitted on training rows alone, saved with the run and applied alike by the studio, the command line,
 * prediction and every exported file.
 */
import * as v from 'valibot'
import { coderOf, featureSchema } from './features'
import { finite, positive, text } from './features/feature'

const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER))

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
    v.array(featureSchema),
    v.minLength(1),
    v.check((all) => all.length === 1 || all.every(({ kind }) => kind !== 'image'), 'an image must be the only feature')
  ),
  target: v.variant('task', [classTargetSchema, valueTargetSchema]),
  /** How many rows it was fitted on, and how many were kept for validation. */
  trainRows: v.pipe(count, v.minValue(1)),
  validationRows: count
})

export type Preparation = Readonly<v.InferOutput<typeof preparationSchema>>
export type { FeaturePreparation } from './features'
export type TargetPreparation = Preparation['target']

/** Class names in the order of the outputs; empty for regression. */
export function classNames(preparation: Preparation): readonly string[] {
  return preparation.target.task === 'regression' ? [] : preparation.target.classes
}

/** Shape of a row as the network takes it: [channels, height, width] of an image, else [F]. */
export function inputShape(preparation: Preparation): readonly number[] {
  const [first] = preparation.features
  if (first?.kind === 'image') return [first.channels, first.height, first.width]
  return [featureNames(preparation).length]
}

/**
 * Names of the network's inputs, as the kinds of features give them: `bill_length` for a number, `island=Biscoe` for each
 * category. Their number is the number of inputs F.
 */
export function featureNames(preparation: Preparation): string[] {
  return preparation.features.flatMap((feature) => coderOf(feature).inputs)
}
