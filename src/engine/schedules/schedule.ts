/** What a schedule declares: how the learning rate changes over a run. */
import type { Config, Field } from '../fields'

/** How long the run is that a schedule is made for. */
export interface Horizon {
  /** Of the whole run: stepsPerEpoch · epochs. */
  readonly steps: number
  readonly stepsPerEpoch: number
  readonly epochs: number
}

/** The learning rate of one run, step by step. */
export interface Schedule {
  /**
   * What the optimizer's learning rate is multiplied by at a step: finite, from 0.
   * @param step from 1, over the run; of the epoch after those that were ended
   */
  factor(step: number): number
  /** Is told at the end of each epoch. @param loss of the validation rows, or of the training rows where there are none */
  epochEnded(loss: number): void
  /** All that it remembers, as plain finite numbers; empty where the step alone decides. */
  readonly state: readonly number[]
  /** Goes on from a state of the same schedule. */
  restore(state: readonly number[]): void
}

export interface ScheduleSpec {
  readonly type: string
  readonly label: string
  readonly summary: string
  /** The learning rate as these settings make it, for people: one equation a line. η₀ is the optimizer's own rate. */
  formula(config: Config): readonly string[]
  readonly fields: readonly Field[]
  /** @param config parsed */
  create(config: Config, horizon: Horizon): Schedule
}

/** A schedule that the step alone decides. */
export function byStep(factor: (step: number) => number): Schedule {
  return { factor, epochEnded: () => undefined, state: [], restore: () => undefined }
}

/** Epochs that were ended before a step: PyTorch's `last_epoch` when a scheduler is stepped once an epoch. */
export function epochsBefore(step: number, { stepsPerEpoch }: Horizon): number {
  return Math.floor((step - 1) / stepsPerEpoch)
}
