/** What is shown of a run beside its curves: how it was steered, what was found out about it, where it is kept. */
import type { Histogram, LayerStatistics } from '../engine/catalog'
import type { ErrorValue } from './errors'
import type { ChecksSummary, GradientChecksView } from './gradient-checks'
import type { Setup } from './setup'
import type { EpochPoint, EvaluationView, ImagesView, MetricView, Remedy, RunStatus } from './views'

export type { Histogram, LayerStatistics }

/**
 * Steps of a run as columns of equal length, in order; the lowest and the highest loss of each stretch where there are more
 * than can be drawn, so no spike is lost.
 */
export interface StepSeries {
  /** From 1, over the run. */
  readonly step: readonly number[]
  /** In epochs: epochs ended, and the share of the epoch in progress. */
  readonly position: readonly number[]
  /** Trained for so long, pauses not counted. */
  readonly elapsedMs: readonly number[]
  readonly loss: readonly number[]
  readonly learningRate: readonly number[]
}

/** One setting that was changed. */
export interface SettingChange {
  readonly label: string
  readonly before: string
  readonly after: string
}

/** Settings that were changed while the run went on. */
export interface RunChange {
  /** The last step with the settings before. */
  readonly step: number
  readonly position: number
  readonly elapsedMs: number
  readonly settings: readonly SettingChange[]
}

/** Where a run came from another one. */
export interface RunParent {
  readonly runId: string
  /** Name of its folder. */
  readonly name: string
  readonly title: string
  readonly epoch: number
  readonly settings: readonly SettingChange[]
}

/** A model that any network should beat, on the rows that judge the run. */
export interface BaselineView {
  readonly kind: 'constant' | 'linear'
  /** "Most frequent class", "Mean", "Logistic regression", "Linear model". */
  readonly label: string
  readonly loss: number
  readonly metrics: readonly MetricView[]
}

export interface BaselinesView {
  readonly models: readonly BaselineView[]
  /** Being worked out. */
  readonly working: boolean
  /** One sentence on the network against them; null until both are there. */
  readonly verdict: string | null
  readonly error: ErrorValue | null
}

/** What the training doctor has found. */
export interface FindingView {
  /** Name of the rule. */
  readonly rule: string
  readonly title: string
  /** One sentence with the numbers that show it. */
  readonly sentence: string
  /** Columns of a small chart, x in epochs. */
  readonly evidence: {
    readonly label: string
    readonly logarithmic: boolean
    readonly lines: readonly { readonly label: string; readonly x: readonly number[]; readonly y: readonly number[] }[]
    /** A level that counts, such as a threshold. */
    readonly level: { readonly label: string; readonly value: number } | null
  }
  readonly remedy: Remedy
  /** Epoch at which it was found first. */
  readonly epoch: number
  /** The same rule's short trial of the remedy; null before anybody asked for one. */
  readonly trial: TrialView | null
}

/** A short run with the remedy beside one without it, from the same weights and with the same random streams. */
export interface TrialView {
  readonly state: 'running' | 'done' | 'failed'
  /** Epochs from where both began. */
  readonly without: { readonly x: readonly number[]; readonly loss: readonly number[] }
  readonly with: { readonly x: readonly number[]; readonly loss: readonly number[] }
  /** What came of it; null while it runs. */
  readonly sentence: string | null
  readonly error: ErrorValue | null
}

/** A learning-rate range test: the rate grows from step to step until the loss runs away (Smith 2015). */
export interface RateTestView {
  readonly state: 'running' | 'done' | 'failed' | 'cancelled'
  readonly rates: readonly number[]
  /** Smoothed, of the batches. */
  readonly losses: readonly number[]
  readonly suggestion: number | null
  /** Why that rate, as a sentence; or why there is none. */
  readonly sentence: string | null
  readonly error: ErrorValue | null
}

/** What is kept of a run on disk while it goes on. */
export interface KeptView {
  /** Name of its folder among the runs; null while there is none. */
  readonly name: string | null
  /** Step of the newest checkpoint; null before the first one. */
  readonly checkpointStep: number | null
  /** Why the last attempt to write failed; training goes on. Null once one has succeeded again. */
  readonly problem: ErrorValue | null
  /** SHA-256 of the weights as they are kept, once the run has ended. */
  readonly weightsSha256: string | null
}

/** All of a run that is neither a curve nor a number of every frame. */
export interface RunFacts {
  readonly title: string
  readonly startedAt: string
  readonly parent: RunParent | null
  readonly changes: readonly RunChange[]
  /** Epochs that can be gone back to, in order; 0 is before the first step. */
  readonly moments: readonly number[]
  readonly baselines: BaselinesView
  readonly findings: readonly FindingView[]
  readonly kept: KeptView
  readonly gradientChecks: GradientChecksView
  /** The run that this one repeats, and whether its weights are the same; null for other runs, or while it goes on. */
  readonly repeats: { readonly name: string; readonly identical: boolean | null } | null
}

// ── Pictures of a moment ─────────────────────────────────────────────────────────────────────────────────────

/** A network of one or two columns of numbers over the plane (or line) of its rows. */
export interface SurfaceView {
  /** Epoch whose weights these are, and the step where they are those of now. */
  readonly epoch: number
  readonly step: number
  /** One column: a curve; two: a plane. */
  readonly axes: readonly { readonly column: string; readonly min: number; readonly max: number }[]
  /** Points along each axis. */
  readonly size: number
  /** Class names, or the name of the value. */
  readonly outputs: readonly string[]
  readonly kind: 'classes' | 'value'
  /**
   * [size^axes, K] row-major, the second axis outermost and rising: probabilities of the classes (two of them have K = 1, of
   * the second one), or the value in its own units.
   */
  readonly values: Float32Array
}

/** The rows that stand in that picture: at most 2,000, in the units of the columns. */
export interface SurfacePointsView {
  /** [rows, axes] */
  readonly places: Float32Array
  /** Number of the class, or the value. */
  readonly targets: Float32Array
  /** 0: training; 1: validation. */
  readonly parts: Uint8Array
}

/** What the first convolution looks for. */
export interface FiltersView {
  readonly layer: string
  readonly epoch: number
  /** At most 64. [filters, channels, height, width] of weights, each filter by itself from −1 to 1 by its largest size. */
  readonly shape: readonly [filters: number, channels: number, height: number, width: number]
  readonly values: Float32Array
}

/** What every layer makes of one row. */
export interface ActivationsView {
  readonly epoch: number
  /** Number of the row in the table, from 0. */
  readonly row: number
  /** The image itself, where it is one. */
  readonly image: ImagesView | null
  readonly layers: readonly {
    readonly name: string
    /** Of one row; at most 64 channels of [channels, height, width] are given. */
    readonly shape: readonly number[]
    readonly values: Float32Array
  }[]
  /** Probabilities of the classes, or the values in their own units, in the order of the outputs. */
  readonly answer: readonly { readonly name: string; readonly value: number }[]
  readonly actual: readonly string[]
}

// ── The store ────────────────────────────────────────────────────────────────────────────────────────────────

/** `interrupted`: it did not end, and nobody works on it. */
export type KeptStatus = RunStatus | 'interrupted'

export interface Measured {
  readonly epoch: number
  readonly trainLoss: number | null
  readonly validationLoss: number | null
  /** Of the validation rows, else of the training rows. */
  readonly metrics: Readonly<Record<string, number | null>>
}

/** A run as the table lists it. */
export interface RunSummary {
  /** Name of its folder. */
  readonly name: string
  readonly runId: string
  readonly title: string
  readonly status: KeptStatus
  readonly startedAt: string
  readonly endedAt: string | null
  readonly dataset: { readonly fileName: string; readonly sha256: string; readonly rows: number }
  readonly task: string
  readonly epochs: number
  readonly plannedEpochs: number
  readonly steps: number
  readonly elapsedMs: number | null
  readonly parameters: number
  readonly best: Measured | null
  readonly last: Measured | null
  /** All settings as people read them: columns of the table, and what two runs are told apart by. */
  readonly settings: readonly { readonly key: string; readonly label: string; readonly value: string }[]
  readonly seed: number
  readonly engineVersion: string
  /** "Linux x64, 8 processors, wasm on 2 threads". */
  readonly environment: string | null
  readonly parent: RunParent | null
  readonly weightsSha256: string | null
  /** What its gradient checks come to, after epochs and asked for; null where there were none. */
  readonly gradientChecks: ChecksSummary | null
  readonly notes: string
  readonly tags: readonly string[]
  readonly starred: boolean
  readonly archived: boolean
  /** A checkpoint is there to go on from. */
  readonly resumable: boolean
  readonly bytes: number
  /** Why it cannot be read; the rest is as far as it could be told. */
  readonly error: ErrorValue | null
}

/** What a person may say of a kept run; what is left out stays. */
export interface RunNotes {
  readonly title?: string | undefined
  readonly notes?: string | undefined
  readonly tags?: readonly string[] | undefined
  readonly starred?: boolean | undefined
  readonly archived?: boolean | undefined
}

/** The curves of a kept run, to be laid over others. */
export interface RunCurvesView {
  readonly name: string
  readonly runId: string
  readonly title: string
  readonly setup: Setup
  readonly epochs: readonly EpochPoint[]
  readonly steps: StepSeries
  readonly changes: readonly RunChange[]
}

/** Two runs beside each other. */
export interface ComparisonView {
  readonly runs: readonly [RunSummary, RunSummary]
  /** Settings that differ. */
  readonly settings: readonly SettingChange[]
  readonly curves: readonly [RunCurvesView, RunCurvesView]
  /** Both on the validation rows of the open dataset; null when that is not the dataset of both, and `why` says so. */
  readonly answers: {
    readonly evaluations: readonly [EvaluationView, EvaluationView]
    /** Rows whose answer changed, at most 200 of them. */
    readonly changed: number
    readonly rows: readonly {
      /** Number of the row in the table, from 0. */
      readonly row: number
      readonly actual: string
      readonly answers: readonly [string, string]
      /** Of the second run: right where the first was wrong, the other way round, or neither. */
      readonly verdict: 'better' | 'worse' | 'other'
    }[]
  } | null
  readonly why: string | null
}
