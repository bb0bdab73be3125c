/**
 * The one place where steps of training are taken. The training loop decides on rows, order and events; an executor
 * holds the parameters and the optimizer's state, and computes. It does not know epochs or metrics.
 */
import type { Parameters } from '../model/model'
import type { Tensor } from '../tensor/tensor'
import type { TrainingPass } from '../train/row-source'
import type { Samples } from '../train/samples'
import type { StepProblem, StepScalar } from '../train/step-graph'

export const executorNames = ['wasm', 'reference'] as const
export type ExecutorName = (typeof executorNames)[number]

/** What is to be trained, checked already. */
export interface TrainingProblem extends StepProblem {
  /** Rows of a step; a last, smaller one is possible. */
  readonly batchSize: number
  /** Rows of one more step: the last one of an epoch in which the batch size was changed. None unless given. */
  readonly oddBatch?: number
  readonly training: Samples
  readonly validation: Samples
  /** First parameters and buffers. */
  readonly parameters: Parameters
  /** Threads that take the steps, up to 16; 0 or none: as many as there are processors and the work is worth. */
  readonly threads?: number
}

/** One step to take, of a pass over the training rows. */
export interface Batch extends TrainingPass {
  /** Numbers of training rows. */
  readonly rows: Int32Array
  /** The numbers of that step, as `stepScalars` gives them. */
  readonly scalars: readonly StepScalar[]
}

export interface StepFailure {
  /** Where the first number was that is none, or does not fit float32: a layer, or `loss`. */
  readonly scope: string
  /** The step's own numbers; or those were all right, and only new weights or new running statistics were not. */
  readonly what: 'numbers' | 'weights' | 'statistics'
}

export interface StepsTaken {
  /** Mean loss of each batch, of the steps that were taken. */
  readonly losses: readonly number[]
  /** After the link [rows, K], of the rows of those steps in their order. */
  readonly outputs: Tensor
  /** Why the step after those was not taken; null when all were. */
  readonly failure: StepFailure | null
}

export interface Forward {
  /** Mean over the rows. */
  readonly loss: number
  /** After the link [N, K]. */
  readonly outputs: Tensor
  /** The scope of the first NaN or infinity; null when the loss is finite. */
  readonly nonFiniteScope: string | null
}

/** Numbers of a tensor in the precision of what holds them. */
export type HeldNumbers = Float32Array | Float64Array

export interface TrainingExecutor {
  readonly name: ExecutorName
  /** Threads that take steps now. */
  readonly threads: number
  /** What kept it from using the threads that it should, as a sentence; else null. */
  readonly notice: string | null
  /** Steps that take a few milliseconds together, at least 1: more in one call gain nothing. */
  readonly stepsPerCall: number
  /**
   * Takes steps in order until one fails. A step is taken whole or not at all: loss and new parameters must be finite
   * float32 numbers, else parameters and state stay those of the step before.
   */
  takeSteps(batches: readonly Batch[]): StepsTaken
  /** The network on the validation rows. */
  validate(): Forward
  /** Parameters, buffers and the optimizer's state, by their sources in the step's graph. */
  readonly sources: readonly string[]
  /** A copy of one of them. */
  read(source: string): Float64Array
  /** A copy of one of them in the precision that this executor holds it in: no number is changed and none converted. */
  copy(source: string): HeldNumbers
  /** Sets some of them, rounded where it holds float32. */
  write(values: ReadonlyMap<string, HeldNumbers>): void
  /** Ends its threads; no step is taken afterwards. What can be read stays readable. Idempotent. */
  close(): void
}
