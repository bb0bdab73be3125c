/**
 * The one place where steps of training are taken. The training loop decides on rows, order and events; an executor
 * holds the parameters and the optimizer's state, and computes. It does not know epochs or metrics.
 */
import type { Config } from '../fields'
import type { LossName } from '../losses'
import type { Model, Parameters } from '../model/model'
import type { OptimizerSpec } from '../optimizers'
import type { ScalarInput } from '../optimizers/optimizer'
import type { Task } from '../spec'
import type { Tensor } from '../tensor/tensor'
import type { Samples } from '../train/samples'

export const executorNames = ['wasm', 'reference'] as const
export type ExecutorName = (typeof executorNames)[number]

/** What is to be trained, checked already. */
export interface TrainingProblem {
  readonly model: Model
  readonly loss: LossName
  readonly task: Task
  readonly optimizer: OptimizerSpec
  readonly config: Config
  /** Rows of a step; a last, smaller one is possible. */
  readonly batchSize: number
  readonly training: Samples
  readonly validation: Samples
  /** First parameters. */
  readonly parameters: Parameters
}

/** One step to take. */
export interface Batch {
  /** Numbers of training rows. */
  readonly rows: Int32Array
  /** The optimizer's numbers of that step. */
  readonly scalars: readonly ScalarInput[]
}

export interface StepFailure {
  /** Where the first number was that is none, or does not fit float32: a layer, or `loss`. */
  readonly scope: string
  /** Whether the step's own numbers were all right, and only the new weights were not. */
  readonly what: 'numbers' | 'weights'
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

export interface TrainingExecutor {
  readonly name: ExecutorName
  /** Steps that take a few milliseconds together, at least 1: more in one call gain nothing. */
  readonly stepsPerCall: number
  /**
   * Takes steps in order until one fails. A step is taken whole or not at all: loss and new parameters must be finite
   * float32 numbers, else parameters and state stay those of the step before.
   */
  takeSteps(batches: readonly Batch[]): StepsTaken
  /** The network on the validation rows. */
  validate(): Forward
  /** A copy of a parameter, or of the optimizer's state of one, by the name of its source in the step's graph. */
  read(source: string): Float64Array
  /** Sets parameters and state by those names. */
  write(values: ReadonlyMap<string, Float64Array>): void
}
