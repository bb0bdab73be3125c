/** All that a training is between two steps: what it takes to go on as if it had never stopped. */
import type { HeldNumbers } from '../executors/training-executor'
import type { EarlyStop } from './early-stopper'

/** Plain values and arrays of numbers; nothing in it changes when training goes on. */
export interface TrainingState {
  /** Steps taken. */
  readonly step: number
  /** Epochs ended. */
  readonly epochs: number
  /** What is gathered of the epoch in progress; null between two epochs. */
  readonly progress: EpochState | null
  /** Type of the optimizer whose state `tensors` holds, and the steps that were taken before its first one. */
  readonly optimizer: { readonly type: string; readonly since: number }
  /** Type of the schedule, and `Schedule.state`. */
  readonly schedule: { readonly type: string; readonly state: readonly number[] }
  /** `EarlyStopper.state` */
  readonly stopper: readonly number[]
  readonly earlyStop: EarlyStop | null
  readonly restoredEpoch: number | null
  /**
   * Parameters and buffers by their names, the optimizer's state by `stateSource`; those of the best epoch, where they may be
   * taken back, as `best.<name>`. Float32Array by the wasm executor, whose numbers they hold exactly; Float64Array by the
   * reference.
   */
  readonly tensors: ReadonlyMap<string, HeldNumbers>
}

export interface EpochState {
  /** Rows of the epoch that were trained on. */
  readonly done: number
  /** That the last of those steps was taken with; null before the first one. */
  readonly learningRate: number | null
  /** `LossMean.state`; may hold numbers that are not finite. */
  readonly loss: readonly number[]
  /** `MetricGatherer.state`; may hold numbers that are not finite. */
  readonly metrics: readonly (readonly number[])[]
}
