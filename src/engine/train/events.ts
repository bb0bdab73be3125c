/** What training tells of itself. */
import type { Metrics } from './metric-gatherer'

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
}

export type TrainEvent = StepEvent | EpochEvent
