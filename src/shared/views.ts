/** What the trainer shows of its state: plain values the renderer draws and the command line prints. */
import type { ErrorValue } from './errors'
import type { Setup } from './setup'

/** Something worth saying about the data or the setup that does not stop the work. */
export interface Notice {
  readonly code: string
  readonly severity: 'info' | 'warning'
  readonly message: string
  /** Names of the columns concerned. */
  readonly columns: readonly string[]
}

/** One column, over all rows of the table. */
export interface ColumnView {
  readonly name: string
  readonly type: 'number' | 'category'
  readonly missing: number
  /** Different values, missing not counted. */
  readonly distinct: number
  /** Numbers: every present value is whole. */
  readonly integers: boolean
  readonly min: number | null
  readonly max: number | null
  readonly mean: number | null
  /** Numbers: counts in equal bins from min to max. Categories: counts of the most frequent values, in the order of `top`. */
  readonly histogram: readonly number[]
  /** Categories: the most frequent values, at most 12. */
  readonly top: readonly string[]
}

export interface DatasetView {
  readonly fileName: string
  readonly rows: number
  readonly columns: readonly ColumnView[]
  readonly notices: readonly Notice[]
}

/** Where a setup stands against the open dataset: what the network will see, or why it cannot train. */
export interface SetupView {
  readonly setup: Setup
  /** Null while `error` says why nothing can be prepared. */
  readonly prepared: PreparedView | null
  readonly error: ErrorValue | null
}

export interface PreparedView {
  /** Names of the network's inputs after encoding, for example `bill_length` and `island=Biscoe`. */
  readonly features: readonly string[]
  /** Class names in the order of the outputs; empty for regression. */
  readonly classes: readonly string[]
  readonly trainRows: number
  readonly validationRows: number
  /** Training rows of each class, in the order of `classes`. */
  readonly classCounts: readonly number[]
  readonly notices: readonly Notice[]
}

export type RunStatus = 'running' | 'paused' | 'completed' | 'stopped' | 'failed'

export interface EpochPoint {
  readonly epoch: number
  readonly trainLoss: number
  /** Null when no rows are kept for validation. */
  readonly validationLoss: number | null
  /** By metric name, of the training rows as they were trained on. */
  readonly trainMetrics: Readonly<Record<string, number>>
  /** By metric name, of the validation rows; empty when there are none. */
  readonly metrics: Readonly<Record<string, number>>
  /** Of the last step of the epoch. */
  readonly learningRate: number
  /** No epoch before had a loss as low: of the validation rows, or of the training rows when there are no others. */
  readonly best: boolean
}

/** Losses of single steps, thinned to the extremes of each stretch when there are many. */
export interface StepSeries {
  /** Position in epochs: step / stepsPerEpoch. */
  readonly epoch: readonly number[]
  readonly loss: readonly number[]
}

/** What computes the steps of a run. */
export interface ExecutorView {
  readonly name: 'wasm' | 'reference'
  /** Why it is not the fast one, as a sentence; null when it is, or the reference was asked for. */
  readonly reason: string | null
  /** Processor threads it uses. */
  readonly threads: number
}

/** That a run ended before its last epoch because it no longer got better. */
export interface EarlyStopView {
  /** The last epoch. */
  readonly epoch: number
  readonly bestEpoch: number
  /** Whether the weights of the best epoch were taken back. */
  readonly restored: boolean
}

/** Where a run stands; small enough to send with every frame. */
export interface RunProgress {
  readonly status: RunStatus
  /** Epoch in progress, from 1; 0 before the first step; the last epoch's number at the end. */
  readonly epoch: number
  readonly epochs: number
  readonly step: number
  readonly stepsPerEpoch: number
  /** Time spent training, pauses not counted. */
  readonly elapsedMs: number
  /** Null until it can be estimated. */
  readonly remainingMs: number | null
  readonly rowsPerSecond: number | null
}

export interface RunView {
  readonly runId: string
  /** The setup this run was started with; edits made since then are not in it. */
  readonly setup: Setup
  readonly prepared: PreparedView
  readonly parameters: number
  readonly executor: ExecutorView
  readonly progress: RunProgress
  readonly epochs: readonly EpochPoint[]
  readonly steps: StepSeries
  /** Set when early stopping has ended the run; its status is `completed` then. */
  readonly earlyStop: EarlyStopView | null
  /** Why the run failed, when it did. */
  readonly error: ErrorValue | null
  /** Folder name under which the finished run was kept, once it was. */
  readonly savedAs: string | null
  /** Why the finished run could not be kept on disk; it is still here and can be exported. */
  readonly saveError: ErrorValue | null
}

/** The whole state the trainer owns; what a window needs to draw itself after a reload. */
export interface SessionView {
  readonly dataset: DatasetView | null
  readonly setup: SetupView | null
  readonly run: RunView | null
}

/**
 * Which rows an evaluation was made on: those kept for validation; those trained on, when none were kept, which says
 * how well the network knows them and nothing of new rows; or all rows of a given table that have an answer.
 */
export type EvaluatedRows = 'validation' | 'training' | 'table'

/** How the current weights do on rows whose answers are known. */
export interface EvaluationView {
  readonly runId: string
  /** Of the weights: the best epoch when early stopping has taken its weights back. */
  readonly epoch: number
  readonly on: EvaluatedRows
  readonly rows: number
  readonly loss: number
  readonly metrics: readonly { readonly name: string; readonly label: string; readonly value: number }[]
  /** Classes: `counts[actual][predicted]` over those rows. */
  readonly confusion: { readonly classes: readonly string[]; readonly counts: readonly (readonly number[])[] } | null
  /** Regression: actual and predicted in raw units, at most 500 rows spread over all. */
  readonly scatter: { readonly actual: readonly number[]; readonly predicted: readonly number[] } | null
}

/** One layer's trained numbers, for drawing: `weight[out][in]` and the bias as the weight of a constant 1. */
export interface WeightsView {
  readonly layers: readonly {
    readonly name: string
    readonly weight: readonly (readonly number[])[]
    readonly bias: readonly number[]
  }[]
}

/** A file that was exported, checked and saved. */
export interface ExportView {
  readonly format: string
  readonly fileName: string
  readonly bytes: number
  /** Rows the exported file was run on. */
  readonly rows: number
  /** Largest difference between the studio's outputs and the file's, over those rows. */
  readonly maxDifference: number
  /** What the difference is measured in, for example `probability` or the target column's name. */
  readonly differenceUnit: string
  readonly inputs: readonly { readonly name: string; readonly type: 'float32' | 'string' }[]
}

export interface SampleView {
  readonly id: string
  readonly name: string
  readonly rows: number
  readonly caption: string
  readonly task: string
  /** Points for the thumbnail, in 0…1, with a class (or 0). Computed from the sample itself. */
  readonly points: readonly { readonly x: number; readonly y: number; readonly group: number }[]
}
