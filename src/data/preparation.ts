/**
 * The preparation: how raw columns become the numbers a network sees, as one plain value.
 *
 * It is fitted on training rows alone, saved with the run and applied alike by the studio, the command line,
 * prediction and every exported file.
 */
import * as v from 'valibot'
import { coderOf, featureSchema } from './features'
import { finite, positive, text } from './features/feature'
import { MAX_HORIZON, MAX_WINDOW_STEPS } from '../shared/column-setting'

const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER))

const classTargetSchema = v.strictObject({
  name: text,
  task: v.picklist(['binary', 'multi-class']),
  /** Class names in the order of the outputs: by value when all are numbers and were prepared, else by code point. */
  classes: v.pipe(v.array(text), v.minLength(2))
})

/** A column of numbers to predict. */
const valueSchema = v.strictObject({
  name: text,
  /**
   * The network learns z = (raw − mean) / scale, so raw = mean + scale · z; both of the training rows, or 0 and 1 where
   * numbers are taken as they stand in the file.
   */
  mean: finite,
  scale: positive
})

const valuesTargetSchema = v.strictObject({
  task: v.literal('regression'),
  /** In the order of the outputs. */
  values: v.pipe(v.array(valueSchema), v.minLength(1))
})

/** Runs of a single value were once kept so. */
const singleValueSchema = v.pipe(
  v.strictObject({ ...valueSchema.entries, task: v.literal('regression') }),
  v.transform(({ task, ...value }) => ({ task, values: [value] }))
)

const labelsTargetSchema = v.strictObject({
  task: v.literal('multi-label'),
  /** In the order of the outputs; an output is the probability of the second of its two classes. */
  labels: v.pipe(v.array(v.strictObject({ name: text, classes: v.strictTuple([text, text]) })), v.minLength(2))
})

/** Windows that a person chose: see `windowSettingSchema`, whose drafts may hold what is no number. */
const windowSchema = v.strictObject({
  steps: v.pipe(count, v.minValue(1), v.maxValue(MAX_WINDOW_STEPS)),
  horizon: v.pipe(count, v.maxValue(MAX_HORIZON)),
  time: v.nullable(text),
  series: v.nullable(text)
})

export const preparationSchema = v.strictObject({
  /** In the order of the table's columns. */
  features: v.pipe(
    v.array(featureSchema),
    v.minLength(1),
    v.check((all) => all.length === 1 || all.every(({ kind }) => kind !== 'image'), 'an image must be the only feature')
  ),
  target: v.variant('task', [classTargetSchema, valuesTargetSchema, singleValueSchema, labelsTargetSchema]),
  /** Rows that follow one another as one input; left out where each row is one for itself. */
  window: v.optional(windowSchema),
  /** How many rows it was fitted on, and how many were kept for validation. */
  trainRows: v.pipe(count, v.minValue(1)),
  validationRows: count
})

export type Preparation = Readonly<v.InferOutput<typeof preparationSchema>>
export type { FeaturePreparation } from './features'
export type TargetPreparation = Preparation['target']

/** The columns that are predicted, in the order of the setup. */
export function targetNames({ target }: Pick<Preparation, 'target'>): readonly string[] {
  switch (target.task) {
    case 'regression':
      return target.values.map(({ name }) => name)
    case 'multi-label':
      return target.labels.map(({ name }) => name)
    default:
      return [target.name]
  }
}

/** Names of the classes that the network tells apart, in the order of its outputs; empty for regression and multi-label. */
export function classNames({ target }: Pick<Preparation, 'target'>): readonly string[] {
  return 'classes' in target ? target.classes : []
}

/** An output that stands for a value. */
export interface ValueOutput {
  readonly name: string
  readonly mean: number
  readonly scale: number
}

/**
 * What the outputs of a regression stand for, in their order; empty for tasks with classes. Windows that look ahead have
 * the steps of each value: `A +1`, `A +2`, …, `B +1`, ….
 */
export function valueOutputs({ target, window }: Answering): readonly ValueOutput[] {
  if (target.task !== 'regression') return []
  return target.values.flatMap((value) => stepsAhead(value.name, window).map((name) => ({ ...value, name })))
}

/**
 * What the outputs of the network stand for, in their order: the classes, the values or the labels. For two classes, one
 * output may stand for both.
 */
export function outputNames(preparation: Answering): readonly string[] {
  const { target, window } = preparation
  if (target.task === 'regression') return valueOutputs(preparation).map(({ name }) => name)
  return 'classes' in target ? target.classes : targetNames(preparation).flatMap((name) => stepsAhead(name, window))
}

/** What of a preparation says how its network answers. */
type Answering = Pick<Preparation, 'target' | 'window'>

/** What a column is called at each step ahead: `A +1`, `A +2`, …; its own name where nothing is looked ahead. */
function stepsAhead(name: string, window: Preparation['window']): readonly string[] {
  if (window === undefined || window.horizon === 0) return [name]
  return Array.from({ length: window.horizon }, (_, step) => `${name} +${step + 1}`)
}

/** How many classes, values or labels the network answers with: K or T, as `LossSpec.outputUnits` takes it. */
export function outputCount(preparation: Answering): number {
  return outputNames(preparation).length
}

/** Shape of a row as the network takes it: [channels, height, width] of an image, [F, T] of a window, else [F]. */
export function inputShape(preparation: Preparation): readonly number[] {
  const [first] = preparation.features
  if (first?.kind === 'image') return [first.channels, first.height, first.width]
  const features = featureNames(preparation).length
  return preparation.window === undefined ? [features] : [features, preparation.window.steps]
}

/**
 * Names of the network's inputs, as the kinds of features give them: `bill_length` for a number, `island=Biscoe` for each
 * category. Their number is the number of inputs F.
 */
export function featureNames(preparation: Preparation): string[] {
  return preparation.features.flatMap((feature) => coderOf(feature).inputs)
}
