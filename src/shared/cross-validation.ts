/** A cross-validation as it is asked for and shown: fold by fold, and in the end what the folds have in common. */
import type { NumberField } from '../engine/fields'
import type { ErrorValue } from './errors'
import type { Notice } from './views'

/** As a window offers it. */
export const foldsField = {
  key: 'folds',
  label: 'Folds',
  kind: 'integer',
  default: 5,
  min: 2,
  max: 20,
  help: 'Parts that the rows are dealt into. A network is trained for each: it learns from the others and is judged on this one.'
} as const satisfies NumberField

/** How one network does on the rows of its fold. Numbers that left the finite range are null. */
export interface FoldResult {
  /** From 1. */
  readonly fold: number
  readonly trainRows: number
  readonly validationRows: number
  /** Epochs that were trained. */
  readonly epochs: number
  readonly validationLoss: number | null
  /** Of the validation rows, by metric name. */
  readonly metrics: Readonly<Record<string, number | null>>
}

/** Over the folds: the mean, and the standard deviation √(Σ (x − mean)² / (k − 1)); null where a fold has no number. */
export interface Spread {
  readonly mean: number | null
  readonly std: number | null
}

/** What is told when all folds are done. */
export interface FoldSummary {
  /** Rows kept aside for the test: no fold has them. */
  readonly testRows: number
  readonly validationLoss: Spread
  /** By metric name. */
  readonly metrics: Readonly<Record<string, Spread>>
  /** What is worth saying about the folds: what all have in common once, all else with its fold. */
  readonly notices: readonly Notice[]
}

/**
 * Where a cross-validation stands. `waiting`: for the run in view, which trains meanwhile. `outdated`: the setup is another
 * one now, so its figures are not shown.
 */
export type CrossValidationState = 'running' | 'waiting' | 'completed' | 'cancelled' | 'failed' | 'outdated'

export interface CrossValidationView {
  readonly state: CrossValidationState
  readonly folds: number
  /** In training, from 1. */
  readonly fold: number
  /** Epochs that its network has ended, and those that it is to be trained for. */
  readonly epoch: number
  readonly epochs: number
  /** Spent, without the time of waiting. */
  readonly elapsedMs: number
  /** Of the folds that are done, in order. */
  readonly results: readonly FoldResult[]
  /** Null until all are. */
  readonly summary: FoldSummary | null
  /** Why it failed. */
  readonly error: ErrorValue | null
}
