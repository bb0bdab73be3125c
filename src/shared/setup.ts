/**
 * A setup: everything a person chooses before training, as one plain value.
 *
 * The studio edits it, the command line builds it from flags, the trainer runs it and a run keeps it, so all
 * of them mean the same thing. A draft may hold values that are still wrong (a layer with 0 units): the
 * schema fixes the form, `describeModel` and the fields of the specs judge the values.
 */
import * as v from 'valibot'
import { augmentationFields, defaultsOf, earlyStoppingFields, lossSpecs, regularizationFields } from '../engine/catalog'
import { tasks, type ModelSpec } from '../engine/spec'
import type { Config, Field } from '../engine/fields'
import { EXPECTS_OBJECT } from './issue-words'
import { columnSettingSchema, MAX_COLUMN_NAME, splitSettingSchema, windowSettingSchema } from './column-setting'

export { MAX_COLUMN_NAME } from './column-setting'

/** A number of a draft: an emptied field reads as NaN. */
const draftNumber = v.union([v.number(), v.nan()])

/** Longest text of a setting, and of the name of a choice. */
const MAX_TEXT = 64
/** Columns that may be named. */
const MAX_COLUMNS = 100_000
/** Columns that may be predicted beside the first. */
const MAX_TARGETS = 1000

const nameSchema = v.pipe(v.string(), v.maxLength(MAX_TEXT))
const columnSchema = v.pipe(v.string(), v.maxLength(MAX_COLUMN_NAME))

/** A list is an object too, and would pass for one without settings. */
const isPlainObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)

export const configSchema = v.pipe(
  v.custom<Config>(isPlainObject, EXPECTS_OBJECT),
  v.record(nameSchema, v.union([draftNumber, nameSchema, v.boolean()]))
)

/** Names of layers name weights in files (`<name>.weight`), so they are plain identifiers. */
export const layerNameSchema = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'expected 1 to 64 letters, digits and _, not beginning with a digit')
)

/** Layers whose outputs one layer may join. */
const MAX_LAYER_INPUTS = 64

export const layerNodeSchema = v.strictObject({
  name: layerNameSchema,
  type: nameSchema,
  inputs: v.pipe(v.array(layerNameSchema), v.maxLength(MAX_LAYER_INPUTS)),
  config: configSchema
})

/** Layers of a whole network; each of its sizes, and how many there are. */
const MAX_LAYERS = 1000
const MAX_SIZE = 2 ** 31 - 1
const MAX_RANK = 8

/** A whole network, in which every layer says what it takes. */
export const modelSpecSchema = v.strictObject({
  inputShape: v.pipe(
    v.array(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_SIZE))),
    v.minLength(1),
    v.maxLength(MAX_RANK),
    v.readonly()
  ),
  layers: v.pipe(
    v.array(
      v.strictObject({
        ...layerNodeSchema.entries,
        inputs: v.pipe(v.array(layerNameSchema), v.minLength(1), v.maxLength(MAX_LAYER_INPUTS), v.readonly())
      })
    ),
    v.minLength(1),
    v.maxLength(MAX_LAYERS),
    v.readonly()
  ),
  output: layerNameSchema
}) satisfies v.GenericSchema<unknown, ModelSpec>

/** Classes that may have a weight of their own. */
const MAX_CLASS_WEIGHTS = 10_000

/** Factors of the loss of each class's rows: none, by how rare each class is, or one each in the order of the classes. */
export const classWeightsSchema = v.union([
  v.picklist(['none', 'balanced']),
  v.pipe(v.array(v.pipe(v.number(), v.finite(), v.gtValue(0))), v.minLength(2), v.maxLength(MAX_CLASS_WEIGHTS))
])

/** Hidden layers that one network may have. */
export const MAX_HIDDEN_LAYERS = 64

export const losses = lossSpecs.map((spec) => spec.name)

/** By the keys of `trainingFields`. */
const trainingSettingsSchema = v.object({
  batchSize: draftNumber,
  epochs: draftNumber,
  /** Share of the rows kept for validation; 0 for none. */
  validation: draftNumber,
  /** Share of the rows kept aside until they are asked for; 0 for none. */
  test: draftNumber,
  seed: draftNumber,
  /** Rows in a new order in each epoch, not as they stand in the file. */
  shuffle: v.boolean(),
  /** Numbers standardised, gaps filled, categories encoded; else the numbers as they stand in the file. */
  prepare: v.boolean(),
  /** Processor threads; 0 for as many as the network is worth. */
  threads: draftNumber,
  /** Numbers whose gradients are checked by differences after each epoch. */
  gradientSamples: draftNumber
})

export const setupSchema = v.strictObject({
  /** Column to predict. */
  target: columnSchema,
  /** Columns to predict beside it: further values for regression, further labels for multi-label classification. */
  moreTargets: v.optional(v.pipe(v.array(columnSchema), v.maxLength(MAX_TARGETS)), []),
  /** Column that says how much each row counts in the loss; null: all alike. */
  weight: v.optional(v.nullable(columnSchema), null),
  /** Rows that are the same in every column: all of them, or the first alone. Windows keep all: rows follow one another there. */
  repeats: v.optional(v.picklist(['keep', 'once']), 'keep'),
  /** Rows that follow one another as one input; null: each row for itself. */
  window: v.optional(v.nullable(windowSettingSchema), null),
  task: v.picklist(tasks),
  loss: v.picklist(losses),
  /** What differs from the defaults of the loss's own settings. */
  lossConfig: v.optional(configSchema, {}),
  classWeights: v.optional(classWeightsSchema, 'none'),
  /** Columns that are not features (the target need not be named). */
  ignored: v.pipe(v.array(columnSchema), v.maxLength(MAX_COLUMNS)),
  /**
   * Hidden layers in order; the output layer follows from the task and the loss. A layer without `inputs` takes the
   * layer before it.
   */
  layers: v.pipe(v.array(layerNodeSchema), v.maxLength(MAX_HIDDEN_LAYERS)),
  /** A whole network, its output layer included; `layers` are not looked at then. */
  model: v.optional(v.nullable(modelSpecSchema), null),
  optimizer: v.strictObject({ type: nameSchema, config: configSchema }),
  /** How the learning rate changes over the run. */
  schedule: v.optional(v.strictObject({ type: nameSchema, config: configSchema }), { type: 'constant', config: {} }),
  regularization: v.optional(configSchema, defaultsOf(regularizationFields)),
  earlyStopping: v.optional(configSchema, defaultsOf(earlyStoppingFields)),
  /** How training images are changed at random. */
  augmentation: v.optional(configSchema, defaultsOf(augmentationFields)),
  ...trainingSettingsSchema.entries,
  // Runs of the first format do not have these.
  /** What differs from the defaults for single columns. */
  columns: v.optional(v.pipe(v.array(columnSettingSchema), v.maxLength(MAX_COLUMNS)), []),
  split: v.optional(splitSettingSchema, { by: 'auto', column: null }),
  test: v.optional(trainingSettingsSchema.entries.test, 0),
  shuffle: v.optional(trainingSettingsSchema.entries.shuffle, true),
  prepare: v.optional(trainingSettingsSchema.entries.prepare, true),
  threads: v.optional(trainingSettingsSchema.entries.threads, 0),
  gradientSamples: v.optional(trainingSettingsSchema.entries.gradientSamples, 0)
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
    max: 0.9,
    help: 'Share of the rows the network never trains on. They show how well it does on rows it has not seen; with 0 nothing does.'
  },
  {
    key: 'test',
    label: 'Test share',
    kind: 'number',
    default: 0,
    min: 0,
    max: 0.9,
    advanced: true,
    help: 'Share of the rows kept aside for a last judgement: neither trained on nor looked at until you ask for it. With 0 there are none.'
  },
  {
    key: 'seed',
    label: 'Seed',
    kind: 'integer',
    default: 1,
    min: 0,
    max: 4_294_967_295,
    help: 'Start of every random choice: split, first weights, order of rows. The same seed gives the same run.'
  },
  {
    key: 'shuffle',
    label: 'Shuffle rows',
    kind: 'boolean',
    default: true,
    advanced: true,
    help: 'Takes the training rows in a new random order in each epoch. Without it they come as they stand in the file.'
  },
  {
    key: 'prepare',
    label: 'Prepare numbers',
    kind: 'boolean',
    default: true,
    advanced: true,
    help: 'Standardises numbers, fills gaps and encodes categories. Without it the network sees the numbers exactly as in the file.'
  },
  {
    key: 'threads',
    label: 'Threads',
    kind: 'integer',
    default: 0,
    min: 0,
    max: 16,
    advanced: true,
    help: 'Processor threads that compute a step; 0 takes as many as the network is worth. The result is the same with any number.'
  },
  {
    key: 'gradientSamples',
    label: 'Checked gradients',
    kind: 'integer',
    default: 0,
    min: 0,
    max: 1000,
    advanced: true,
    help: 'So many numbers of the network, others each time, are checked after each epoch: backpropagation against differences in float64. Changes nothing in the training, which waits for it: 50 numbers of 784-128-10 take a quarter of a second an epoch, and after half a second it ends with what is checked by then. 0 for none.'
  }
] as const satisfies readonly Field[]

/**
 * The settings that `trainingFields` declare: their defaults, and what is given instead.
 * @param given other keys are left out
 */
export function trainingSettings(given: object = {}): v.InferOutput<typeof trainingSettingsSchema> {
  return v.parse(trainingSettingsSchema, { ...defaultsOf(trainingFields), ...given })
}

/** What a setup says of everything but the data, the layers and the optimizer, unless somebody chooses otherwise. */
export const setupDefaults = {
  moreTargets: [],
  weight: null,
  window: null,
  repeats: 'keep',
  lossConfig: {},
  classWeights: 'none',
  model: null,
  schedule: { type: 'constant', config: {} },
  regularization: defaultsOf(regularizationFields),
  earlyStopping: defaultsOf(earlyStoppingFields),
  augmentation: defaultsOf(augmentationFields),
  columns: [],
  split: { by: 'auto', column: null },
  ...trainingSettings()
} as const satisfies Partial<Setup>

/** All columns that are predicted, the first one first. */
export function targetsOf({ target, moreTargets }: Pick<Setup, 'target' | 'moreTargets'>): readonly string[] {
  return [target, ...moreTargets]
}

export type { Config }
