/** The race of optimizers in the Explain stage: what is asked for, and what is told of it. */
import type { Config, LaneState, Place } from '../engine/catalog'
import type { ErrorValue } from './errors'

/** What is raced on: a surface from a place, or the network and the data of the draft. */
export type RaceCourse =
  | {
      readonly kind: 'surface'
      readonly surface: string
      readonly start: Place
      /** Fewer than `SURFACE_STEPS`. */
      readonly steps?: number | undefined
    }
  | { readonly kind: 'network' }

export interface RaceLane {
  readonly type: string
  readonly config: Config
}

export interface RaceChoice {
  readonly course: RaceCourse
  readonly lanes: readonly RaceLane[]
}

/** Places along each side of a surface's grid. */
export const RACE_GRID = 129
/** Lanes at once. */
export const MAX_LANES = 10
/** Steps that a race on a surface lasts at most. */
export const SURFACE_STEPS = 3000
/** Fastest pace that can be asked for, in steps a second. */
export const MAX_PACE = 1000

/**
 * `preparing` before its network stands; `paused` waits to be played; `waiting` lets the run in view train first; `ended` has
 * nothing left to do; `failed` could not begin.
 */
export type RaceState = 'preparing' | 'paused' | 'running' | 'waiting' | 'ended' | 'failed'

/** What has come to a lane: points from one on, and how it stands. Points are the same forever. */
export interface LaneProgress {
  /** Points before these. */
  readonly from: number
  /** Steps taken at each point. */
  readonly steps: readonly number[]
  /** Height of the surface there; mean loss of the batches since the point before. */
  readonly losses: readonly number[]
  /** Milliseconds that its steps took, up to each point. */
  readonly times: readonly number[]
  /** Places on the surface; none on a network. */
  readonly places: readonly Place[]
  readonly state: LaneState | 'finished'
  /** Steps taken so far. */
  readonly step: number
  /** On the validation rows after the last epoch; null where there is none yet, or no such rows. */
  readonly validationLoss: number | null
  /** One sentence on why it has stopped; null while it goes on. */
  readonly note: string | null
}

/** What is told of a race while it goes on. */
export interface RaceProgress {
  readonly id: number
  readonly state: RaceState
  /** Why it failed. */
  readonly error: ErrorValue | null
  readonly lanes: readonly LaneProgress[]
}

/** A race, whole. */
export interface RaceView extends RaceProgress {
  readonly choice: RaceChoice
  /** Steps a second; null: as fast as it goes. */
  readonly pace: number | null
  /** Of a surface: its heights on a grid (`surfaceGrid`). */
  readonly grid: Float64Array | null
  /** Of a network: steps of an epoch, and of the whole race, and how many there are to a point. */
  readonly length: { readonly stepsPerEpoch: number; readonly steps: number; readonly stepsPerPoint: number } | null
}
