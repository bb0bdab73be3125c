/** What the trainer shows of its state: plain values the renderer draws and the command line prints. */
import type { EmbeddedInput, EpochCheck, Field, LayerStatistics } from '../engine/catalog'
import type { Task } from '../engine/spec'
import type { ColumnType } from './column-setting'
import type { CrossValidationView } from './cross-validation'
import type { ErrorValue } from './errors'
import type { GradientCheckView } from './gradient-checks'
import type { DepthExperimentView, LossLabView } from './gradient-views'
import type { ReadAs } from './read-as'
import type { Setup } from './setup'
import type { RateTestView, RunFacts, StepSeries } from './run-views'
import type { SkippedRows, TableFormat } from './table-format'

export type { StepSeries } from './run-views'

/** Something worth saying about the data or the setup that does not stop the work. */
export interface Notice {
  readonly code: string
  readonly severity: 'info' | 'warning'
  readonly message: string
  /** Names of the columns concerned. */
  readonly columns: readonly string[]
  /** The numbers that show it, as a sentence. */
  readonly evidence?: string
  readonly remedy?: Remedy
}

/** What can be done about it with one click. */
export interface Remedy {
  /** On the button: "Leave out id". */
  readonly label: string
  /** The settings that it changes. */
  readonly change: Partial<Setup>
  /** What a run has learned so far is spoiled: it begins anew with them, even where it could go on. */
  readonly anew?: boolean
}

/** One column, over all rows of the table. */
export interface ColumnView {
  readonly name: string
  /** What it is for people. */
  readonly type: ColumnType
  /** How its cells are kept: as numbers, dates among them, as one of some texts, or as pixels. */
  readonly storage: 'number' | 'category' | 'image'
  /** Dates: whether of whole days or of any moment; their numbers are milliseconds since 1970-01-01 UTC. */
  readonly time: 'date' | 'datetime' | null
  readonly missing: number
  /** Different values, missing not counted. */
  readonly distinct: number
  /** Numbers: every present value is whole. */
  readonly integers: boolean
  readonly min: number | null
  readonly max: number | null
  readonly mean: number | null
  /** Numbers: a quarter, half and three quarters of the values are at or below these. */
  readonly quartiles: readonly [number, number, number] | null
  /** Numbers: counts in equal bins from min to max. Categories: counts of the most frequent values, in the order of `top`. */
  readonly histogram: readonly number[]
  /** Categories: the most frequent values, at most 12. */
  readonly top: readonly string[]
}

/** A word that was read as "no value", as the file spells it. */
export interface MissingWordView {
  readonly text: string
  /** Over all columns. */
  readonly cells: number
}

/** How far the reading of a file is. */
export interface ReadingView {
  readonly fileName: string
  /** Bytes gone through and all of them; null before the first of them. */
  readonly bytes: number | null
  readonly totalBytes: number | null
  readonly rows: number
  /** Since the first row; null until there is one. */
  readonly rowsPerSecond: number | null
}

export interface DatasetView {
  readonly fileName: string
  readonly rows: number
  readonly columns: readonly ColumnView[]
  readonly notices: readonly Notice[]
  /** What the file was read as. */
  readonly format: TableFormat
  /** What the person said of the file; the rest of the format was detected. */
  readonly readAs: ReadAs
  readonly skipped: SkippedRows
  /** The most frequent first. */
  readonly missingWords: readonly MissingWordView[]
}

/**
 * How far a column alone tells of the target, from 0 to 1, over the training rows where both are known: the size of
 * Spearman's rank correlation for two columns of numbers, else the correlation ratio or Cramér's V, both corrected for
 * what chance alone would give.
 */
export interface AssociationView {
  readonly column: string
  readonly measure: 'spearman' | 'correlation-ratio' | 'cramers-v'
  readonly value: number
  /** Training rows that were looked at. */
  readonly rows: number
}

/** A column before and after preparation, on cells of its training rows. */
export interface ColumnPreviewView {
  readonly name: string
  /** Rows that the preparation was fitted on. */
  readonly trainRows: number
  /** Names of all inputs that are made of the column; none where it is no feature. */
  readonly inputs: readonly string[]
  /** How the numbers come about, with the fitted values; null where the column is not used. */
  readonly rule: string | null
  readonly cells: readonly {
    /** Number of the row in the table, from 1. */
    readonly row: number
    /** As in the file; null where it is missing. */
    readonly raw: string | null
    /** What the network sees, by the name of the input: all of them, or those that are not 0 where there are many. */
    readonly inputs: readonly (readonly [name: string, value: number])[]
  }[]
}

/** Where a setup stands against the open dataset: what the network will see, or why it cannot train. */
export interface SetupView {
  readonly setup: Setup
  /** Null while `error` says why nothing can be prepared. */
  readonly prepared: PreparedView | null
  /** What makes figures look better, or networks worse, than they are; empty while nothing is prepared. */
  readonly findings: readonly Notice[]
  /** Of every column but the target; empty while nothing is prepared. */
  readonly associations: readonly AssociationView[]
  /**
   * The findings and associations of this setup are being worked out and come with a live message. Until then they are
   * those of the setup before, where it had the same target, or none.
   */
  readonly checking: boolean
  readonly error: ErrorValue | null
}

export interface PreparedView {
  /** Names of the network's inputs after encoding, for example `bill_length` and `island=Biscoe`. */
  readonly features: readonly string[]
  /** Of a row, as the network takes it: [channels, height, width] of an image, else [features]. */
  readonly inputShape: readonly number[]
  /** Inputs for which the network learns vectors, in their order. */
  readonly embedded: readonly EmbeddedInput[]
  /** Class names in the order of the outputs; empty for regression and multi-label. */
  readonly classes: readonly string[]
  /** What the network answers with: the classes, or the names of the values or labels. */
  readonly outputs: readonly string[]
  readonly trainRows: number
  readonly validationRows: number
  /** Kept aside until they are asked for. */
  readonly testRows: number
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
  /** The last step of the epoch. */
  readonly step: number
  /** Trained for so long when it ended, pauses not counted; null where that was not kept, as in runs of earlier studios. */
  readonly elapsedMs: number | null
  /** After milestones, in the order of the layers; else null. */
  readonly layers: readonly LayerStatistics[] | null
  /** Where the run's gradients are checked after each epoch. */
  readonly gradientCheck?: EpochCheck
}

/** What computes the steps of a run. */
export interface ExecutorView {
  readonly name: 'wasm' | 'reference'
  /**
   * Why it is not the fast one, or has fewer threads than it should, as a sentence; null when it is as was asked for. May
   * come while a run goes on, when a thread is lost.
   */
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

/** How often the rows kept aside for the test were looked at: the more often, the less their figures say of new rows. */
export interface TestLooksView {
  /** With this run, each time with other weights. */
  readonly looks: number
  /** With other runs since the dataset was opened. */
  readonly looksBefore: number
  /** What was seen last, and the step whose weights it is of. */
  readonly evaluation: EvaluationView | null
  readonly step: number | null
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
  /** Between which the time left will lie, nine times in ten, by how unevenly the epochs went so far; null as long as that cannot be said. */
  readonly remainingRangeMs: readonly [number, number] | null
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
  readonly test: TestLooksView
  /** Set when early stopping has ended the run; its status is `completed` then. */
  readonly earlyStop: EarlyStopView | null
  /** Why the run failed, when it did. */
  readonly error: ErrorValue | null
  /** Folder name under which the finished run was kept, once it was. */
  readonly savedAs: string | null
  /** Why the finished run could not be kept on disk; it is still here and can be exported. */
  readonly saveError: ErrorValue | null
  readonly facts: RunFacts
}

/** The whole state the trainer owns; what a window needs to draw itself after a reload. */
export interface SessionView {
  readonly dataset: DatasetView | null
  readonly setup: SetupView | null
  readonly run: RunView | null
  readonly crossValidation: CrossValidationView | null
  /** The learning-rate test of this dataset that was made last; null when there is none. */
  readonly rateTest: RateTestView | null
  /** The experiment with depth that was made last on this dataset. */
  readonly depthExperiment: DepthExperimentView | null
  readonly gradientCheck: GradientCheckView | null
  /** The comparison of losses that was made last on this dataset. */
  readonly lossLab: LossLabView | null
}

/**
 * Which rows an evaluation was made on: those kept for validation; those trained on, when none were kept, which says
 * how well the network knows them and nothing of new rows; those kept aside for the test; or all rows of a given table
 * that have an answer.
 */
export type EvaluatedRows = 'validation' | 'training' | 'test' | 'table'

export interface MetricView {
  readonly name: string
  readonly label: string
  readonly value: number
  /** What `worked` of its spec takes; absent where it is a mean over several outputs, or only the value is known. */
  readonly parts?: readonly number[]
}

/** A row that was taken for another class. */
export interface Mistake {
  /** Of the table, from 0. */
  readonly row: number
  /** Indices of classes. */
  readonly actual: number
  readonly predicted: number
  /** That the network gave to the predicted class, 0 to 1. */
  readonly share: number
}

/** How one value or label of several is answered. */
export interface TargetEvaluationView {
  readonly name: string
  readonly metrics: readonly MetricView[]
  /** Labels: of its two classes. */
  readonly confusion: EvaluationView['confusion']
  /** Values: actual and predicted in raw units. */
  readonly scatter: EvaluationView['scatter']
}

/** How the current weights do on rows whose answers are known. */
export interface EvaluationView {
  readonly runId: string
  /** Of the weights: the best epoch when early stopping has taken its weights back. */
  readonly epoch: number
  readonly on: EvaluatedRows
  readonly rows: number
  readonly loss: number
  /** With several values or labels, the means over those; see `targets`. */
  readonly metrics: readonly MetricView[]
  /** Classes: `counts[actual][predicted]` over those rows. */
  readonly confusion: {
    readonly classes: readonly string[]
    readonly counts: readonly (readonly number[])[]
    /** Those that it was surest of, at most 200, the surest first. */
    readonly mistakes: readonly Mistake[]
  } | null
  /** Regression of one value: actual and predicted in raw units, at most 500 rows spread over all; `rows` are those of the table. */
  readonly scatter: {
    readonly actual: readonly number[]
    readonly predicted: readonly number[]
    readonly rows: readonly number[]
  } | null
  /** One for each value or label where there are several, else none. */
  readonly targets: readonly TargetEvaluationView[]
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
  readonly inputs: readonly { readonly name: string; readonly type: 'float32' | 'float64' | 'string' | 'uint8' }[]
}

/** A rule that datasets are made from, with the settings it has. */
export interface GeneratorView {
  readonly name: string
  readonly label: string
  readonly summary: string
  readonly task: Task
  /** The target is the last. */
  readonly columns: readonly string[]
  readonly fields: readonly Field[]
}

/** Images of one size. */
export interface ImagesView {
  readonly width: number
  readonly height: number
  /** 1: grey. 3: red, green, blue. */
  readonly channels: 1 | 3
  /** [images, channels, height, width], row-major. */
  readonly pixels: Uint8Array
}

/** Images of some rows, each with what stands in one column of its row. */
export interface ImagePageView {
  /** Rows that were asked for, on all pages. */
  readonly total: number
  /** Numbers of the rows of this page, from 0. */
  readonly rows: readonly number[]
  readonly images: ImagesView
  /** Null where the cell is missing, or no column was asked for. */
  readonly labels: readonly (string | null)[]
}

export interface SampleView {
  readonly id: string
  readonly name: string
  readonly rows: number
  readonly caption: string
  readonly task: string
  /** Points for the thumbnail, in 0…1, with a class (or 0). Computed from the sample itself; none where there are images. */
  readonly points: readonly { readonly x: number; readonly y: number; readonly group: number }[]
  /** The first images of the sample, for the thumbnail; null where it has none. */
  readonly pictures: ImagesView | null
}
