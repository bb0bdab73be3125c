/** What training tells of itself. */
import type { EpochCheck } from '../explain/check-verdict'
import type { Metrics } from './metric-gatherer'

/** Counts of values in equal bins from `min` to `max`; what is no finite number is left out. */
export interface Histogram {
  readonly min: number
  readonly max: number
  readonly counts: readonly number[]
}

/** How a layer stands, looked at on some training rows that are the same each time (`layerStatistics`). */
export interface LayerStatistics {
  readonly layer: string
  /** Its trained numbers, biases among them; null where it has none. */
  readonly weights: {
    readonly histogram: Histogram
    /** ‖w‖₂ */
    readonly norm: number
    /** ‖∂L/∂w‖₂, without the penalties on weights. */
    readonly gradientNorm: number
    /** ‖Δw‖₂ / ‖w‖₂ of the epoch's last step; null where that is not known, as right after a resume. */
    readonly updateRatio: number | null
  } | null
  /**
   * Mean of |δ| over rows and units, δ = ∂E/∂z of a row's own error (N times its share in the mean of N rows), ∂E/∂y without an
   * activation; null for layers that neither learn nor have one, and in looks of earlier studios.
   */
  readonly delta: number | null
  /** What it answers with: one number for each row and unit. */
  readonly activations: {
    readonly histogram: Histogram
    /** Share of its units that are 0 for all of those rows; null where its activation cannot die so. */
    readonly dead: number | null
    /** Share of its answers in the flat ends of its activation; null where it has none. */
    readonly saturated: number | null
  }
}

export interface StepEvent {
  readonly type: 'step'
  /** From 1, over the run. */
  readonly step: number
  /** From 1; the epoch in progress. */
  readonly epoch: number
  /** Mean of the batch, before the step was taken; without the penalties on weights. */
  readonly loss: number
  /** That the step was taken with. */
  readonly learningRate: number
  /** Epochs ended, and the share of the epoch in progress that is behind this step: 1.5 in the middle of the second. */
  readonly position: number
}

export interface EpochEvent {
  readonly type: 'epoch'
  readonly epoch: number
  readonly step: number
  /** Of the epoch's last step. */
  readonly learningRate: number
  /** Mean over the epoch's rows as they were trained on. */
  readonly trainLoss: number
  /** After the epoch; null when there are no validation rows. */
  readonly validationLoss: number | null
  /** Whether the validation loss is the lowest so far; the training loss when there are no validation rows. */
  readonly best: boolean
  /** Of the epoch's rows as they were trained on. */
  readonly trainMetrics: Metrics
  /** Of the validation rows, after the epoch; empty when there are none. */
  readonly metrics: Metrics
  /** In the order of the layers, after epochs that are milestones (`isMilestone`) of a training that watches its layers; else null. */
  readonly layers: readonly LayerStatistics[] | null
  /** Of runs whose gradients are checked after each epoch, by whoever trains them (`sampledCheck`). */
  readonly gradientCheck?: EpochCheck
}

export type TrainEvent = StepEvent | EpochEvent
