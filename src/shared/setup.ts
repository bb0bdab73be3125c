/**
 * A setup: everything a person chooses before training, as one plain value.
 *
 * The studio edits it, the command line builds it from flags, the trainer runs it and a run keeps it, so all
 * of them mean the same thing. A draft may hold values that are still wrong (a layer with 0 units): the
 * schema fixes the form, `describeModel` and the fields of the specs judge the values.
 */
import * as v from 'valibot'
import { lossSpecs } from '../engine/catalog'
import { tasks, type ModelSpec } from '../engine/spec'
import type { Config, Field } from '../engine/fields'

const configSchema = v.record(v.string(), v.union([v.number(), v.nan(), v.string(), v.boolean()]))

/** Names of layers name weights in files (`<name>.weight`), so they are plain identifiers. */
export const layerNameSchema = v.pipe(v.string(), v.regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/))

export const layerNodeSchema = v.strictObject({
  name: layerNameSchema,
  type: v.pipe(v.string(), v.maxLength(64)),
  inputs: v.array(layerNameSchema),
  config: configSchema
})

export const modelSpecSchema = v.strictObject({
  inputShape: v.array(v.pipe(v.number(), v.integer(), v.minValue(1))),
  layers: v.array(layerNodeSchema),
  output: layerNameSchema
}) satisfies v.GenericSchema<unknown, ModelSpec>

/** Hidden layers that one network may have. */
export const MAX_HIDDEN_LAYERS = 64

export const losses = lossSpecs.map((spec) => spec.name)

export const setupSchema = v.strictObject({
  /** Column to predict. */
  target: v.string(),
  task: v.picklist(tasks),
  loss: v.picklist(losses),
  /** Columns that are not features (the target need not be named). */
  ignored: v.array(v.string()),
  /** Hidden layers in order; the output layer follows from the task and the loss. */
  layers: v.pipe(v.array(layerNodeSchema), v.maxLength(MAX_HIDDEN_LAYERS)),
  optimizer: v.strictObject({ type: v.string(), config: configSchema }),
  batchSize: v.union([v.number(), v.nan()]),
  epochs: v.union([v.number(), v.nan()]),
  /** Share of the rows kept for validation. */
  validation: v.union([v.number(), v.nan()]),
  seed: v.union([v.number(), v.nan()])
})

export type Setup = Readonly<v.InferOutput<typeof setupSchema>>

/** The settings of training that belong to no layer, loss or optimizer; forms and flags are made from them. */
export const trainingFields = [
  {
    key: 'batchSize',
    label: 'Batch size',
    kind: 'integer',
    default: 32,
    min: 1,
    max: 1_048_576,
    help: 'Rows in one step of the descent. Smaller batches step more often and more noisily.'
  },
  {
    key: 'epochs',
    label: 'Epochs',
    kind: 'integer',
    default: 60,
    min: 1,
    max: 1_000_000,
    help: 'Passes over the training rows.'
  },
  {
    key: 'validation',
    label: 'Validation share',
    kind: 'number',
    default: 0.2,
    min: 0,
    exclusiveMin: true,
    max: 0.9,
    help: 'Share of the rows the network never trains on. They show how well it does on rows it has not seen.'
  },
  {
    key: 'seed',
    label: 'Seed',
    kind: 'integer',
    default: 1,
    min: 0,
    max: 4_294_967_295,
    help: 'Start of every random choice: split, first weights, order of rows. The same seed gives the same run.'
  }
] as const satisfies readonly Field[]

export type TrainingFieldKey = (typeof trainingFields)[number]['key']
export type { Config }
