/**
 * A bench: a small network with rows of its own, apart from the dataset and the run that are open. Lessons work on benches. What
 * its setup does not say is as small and plain as can be, so that its numbers can be redone on paper: numbers as they are given,
 * all rows for training, in their order, one step an epoch.
 */
import * as v from 'valibot'
import { generatorConfigSchema, generatorNameSchema } from './made-dataset'
import { MAX_COLUMN_NAME, setupDefaults, setupSchema, type Setup } from './setup'

export const MAX_BENCH_ROWS = 1000
export const MAX_BENCH_COLUMNS = 20
/** Steps that a training on a bench may take. */
export const MAX_BENCH_STEPS = 5000
/** Trainings beside one another. */
export const MAX_BENCH_VARIANTS = 4
/** Numbers of a parameter that may be given. */
const MAX_VALUES = 10_000

const columnName = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_COLUMN_NAME))
const value = v.union([v.pipe(v.number(), v.finite()), v.pipe(v.string(), v.maxLength(200))])
const isPlainObject = (given: unknown): given is Readonly<Record<string, unknown>> =>
  typeof given === 'object' && given !== null && !Array.isArray(given)
const someSettings = v.custom<Readonly<Record<string, unknown>>>(isPlainObject, 'expected an object of settings')

/** What is not said of a setup on a bench. */
const benchDefaults = {
  ...setupDefaults,
  ...{ ignored: [], layers: [], prepare: false, validation: 0, shuffle: false, threads: 1, batchSize: MAX_BENCH_ROWS },
  epochs: MAX_BENCH_STEPS
}

/** A layer need not say what it takes, nor have settings. */
function completeLayer(layer: unknown): unknown {
  return isPlainObject(layer) ? { inputs: [], config: {}, ...layer } : layer
}

const setup = v.pipe(
  someSettings,
  v.transform((given): unknown => ({
    ...benchDefaults,
    ...given,
    ...(Array.isArray(given['layers']) ? { layers: given['layers'].map(completeLayer) } : {})
  })),
  setupSchema
)

export const benchSchema = v.strictObject({
  data: v.variant('kind', [
    v.pipe(
      v.strictObject({
        kind: v.literal('rows'),
        columns: v.pipe(
          v.array(columnName),
          v.minLength(1),
          v.maxLength(MAX_BENCH_COLUMNS),
          v.check((names) => new Set(names).size === names.length, 'expected names that differ from one another'),
          v.readonly()
        ),
        rows: v.pipe(
          v.array(v.pipe(v.array(value), v.maxLength(MAX_BENCH_COLUMNS), v.readonly())),
          v.minLength(1),
          v.maxLength(MAX_BENCH_ROWS),
          v.readonly()
        )
      }),
      v.rawCheck(({ dataset, addIssue }) => {
        if (!dataset.typed) return
        const { columns, rows } = dataset.value
        const at = rows.findIndex((row) => row.length !== columns.length)
        if (at < 0) return
        const [input, message] = [rows[at], `expected ${columns.length} cells, one for each column, in row ${at + 1}`]
        addIssue({ input, message })
      })
    ),
    v.strictObject({
      kind: v.literal('generated'),
      generator: generatorNameSchema,
      config: v.optional(generatorConfigSchema, {})
    })
  ]),
  /** As the studio's own; what is left out is as `benchDefaults` says. Layers are the hidden ones. */
  setup,
  /** First weights, by the names of parameters (`dense1.weight`), row by row; the others are drawn by the seed. */
  weights: v.optional(
    v.pipe(
      v.array(
        v.strictObject({
          name: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
          values: v.pipe(v.array(v.pipe(v.number(), v.finite())), v.minLength(1), v.maxLength(MAX_VALUES), v.readonly())
        })
      ),
      v.maxLength(200),
      v.readonly()
    ),
    []
  )
})

export type Bench = Readonly<v.InferOutput<typeof benchSchema>>

const steps = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_BENCH_STEPS))

/** Trainings on one bench that differ in a setting or a few, each for as many steps. */
export const benchTrialSchema = v.strictObject({
  bench: benchSchema,
  steps: v.pipe(steps, v.minValue(1)),
  variants: v.pipe(
    v.array(
      v.strictObject({
        label: v.pipe(v.string(), v.minLength(1), v.maxLength(80)),
        /** What of the bench's setup is other. */
        setup: v.optional(someSettings, {}),
        /** First weights in place of the bench's; null: the bench's own. */
        weights: v.optional(v.nullable(benchSchema.entries.weights), null)
      })
    ),
    v.minLength(1),
    v.maxLength(MAX_BENCH_VARIANTS),
    v.readonly()
  )
})

export type BenchTrial = Readonly<v.InferOutput<typeof benchTrialSchema>>

/** The setup of a bench with some of its settings changed. @throws v.ValiError when a setting has the wrong form */
export function changedSetup(bench: Bench, changes: Readonly<Record<string, unknown>>): Setup {
  return v.parse(setup, { ...bench.setup, ...changes })
}

export const benchSteps = steps
