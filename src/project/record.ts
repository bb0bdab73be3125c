/** What a run keeps of itself, as the schema of its files. Everything read is checked against it. */
import * as v from 'valibot'
import { preparationSchema, type Table } from '../data'
import { executorNames, type Model, type Parameters } from '../engine'
import { readAsSchema } from '../shared/read-as'
import { modelSpecSchema, setupSchema } from '../shared/setup'
import type { EpochPoint } from '../shared/views'
import { checksSummarySchema, epochCheckSchema } from './gradient-checks'

/** Grows by one when a file of a newer studio could be misread by an older one. */
export const FORMAT_VERSION = 1

const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER))
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))
/** A number, or null for one that left the finite range; JSON knows no other. */
const measured = v.nullable(v.pipe(v.number(), v.finite()))
const metricName = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,31}$/))
const metrics = v.record(metricName, measured)

export const runStatuses = ['completed', 'stopped', 'failed'] as const
/** How a run ended: all epochs, on request, or because its numbers left the finite range. */
export type FinalStatus = (typeof runStatuses)[number]

const recordEntries = {
  formatVersion: v.literal(FORMAT_VERSION),
  id: v.pipe(v.string(), v.uuid()),
  /** When training ended, UTC. */
  createdAt: v.pipe(v.string(), v.isoTimestamp()),
  /** The studio that trained it. */
  engineVersion: v.pipe(v.string(), v.maxLength(64)),
  status: v.picklist(runStatuses),
  setup: setupSchema,
  model: modelSpecSchema,
  preparation: preparationSchema,
  /** The file it was trained on. */
  data: v.strictObject({
    fileName: v.string(),
    sha256,
    rows: count,
    /** What a person said of the file, so that others are read alike. Not in runs of earlier studios. */
    readAs: v.optional(readAsSchema),
    /** Of several files: each by the name that the column of the files has for it. */
    files: v.optional(v.array(v.strictObject({ fileName: v.string(), sha256, rows: count })))
  }),
  /** Rows in each part. */
  split: v.strictObject({ trainRows: count, validationRows: count, testRows: v.optional(count, 0) }),
  /** Whole epochs done. */
  epochs: count,
  /** Optimizer updates done. */
  steps: count,
  /** Trained numbers. */
  parameters: count,
  /** Class names in the order of the outputs; empty for regression. */
  classes: v.array(v.string()),
  /**
   * Of the saved weights on the validation rows; null and empty when there are none. Loss of regression is in
   * standardised units, metrics are in raw ones.
   */
  final: v.strictObject({ validationLoss: measured, metrics }),
  // Runs of earlier studios do not have what follows.
  /** Factor of each class's rows in the loss, in the order of `classes`; null for none. */
  classWeights: v.optional(v.nullable(v.array(v.pipe(v.number(), v.finite(), v.gtValue(0)))), null),
  /** What computed the steps. */
  executor: v.optional(
    v.nullable(v.strictObject({ name: v.picklist(executorNames), threads: v.pipe(count, v.minValue(1)) })),
    null
  ),
  /** The file its first weights came from; null when they were drawn by the seed. */
  initialWeights: v.optional(v.nullable(v.strictObject({ fileName: v.string(), sha256 })), null),
  /** How early stopping ended it before its last epoch; null when it did not. */
  earlyStop: v.optional(v.nullable(v.strictObject({ epoch: count, bestEpoch: count, restored: v.boolean() })), null),
  /** The epoch that the weights are of, when those of the best one were taken back at the end; else null. */
  restoredEpoch: v.optional(v.nullable(count), null),
  /** What the gradient checks after its epochs come to; null where there were none. */
  gradientChecks: v.optional(v.nullable(checksSummarySchema), null)
}

/** What is known of a run, besides its weights and its history. */
export const runRecordSchema = v.strictObject(recordEntries)
export type RunRecord = Readonly<v.InferOutput<typeof runRecordSchema>>

/** `run.json`: the record, and what the other files must be. */
export const runFileSchema = v.strictObject({
  ...recordEntries,
  files: v.array(v.strictObject({ name: v.string(), bytes: count, sha256 }))
})
export type RunFile = RunRecord & Readonly<Pick<v.InferOutput<typeof runFileSchema>, 'files'>>

/** One line of `metrics.ndjson`. */
export const epochRecordSchema = v.strictObject({
  epoch: v.pipe(count, v.minValue(1)),
  trainLoss: measured,
  validationLoss: measured,
  trainMetrics: metrics,
  metrics,
  // Not in runs of earlier studios.
  learningRate: v.optional(measured),
  best: v.optional(v.boolean()),
  step: v.optional(v.pipe(count, v.minValue(1))),
  elapsedMs: v.optional(v.nullable(v.pipe(v.number(), v.finite(), v.minValue(0)))),
  /** Of runs whose gradients are checked after each epoch. */
  gradientCheck: v.exactOptional(epochCheckSchema)
})

/** One epoch, as it is kept and shown. A number that was not finite is NaN here and null in the file, which has no `layers`. */
export type EpochRecord = EpochPoint

/** A trained network with everything needed to use it on raw rows. */
export interface Run {
  readonly record: RunRecord
  readonly model: Model
  /** Every value is a float32, so that the files hold exactly these. */
  readonly parameters: Parameters
  readonly metrics: readonly EpochRecord[]
  /** A few real rows of the feature columns, to check exports on; null when they were removed from the folder. */
  readonly sample: Table | null
}
