/** The loss around a run's weights, as it is asked for, told while it is computed, and drawn. */
import type { ErrorValue } from './errors'

/** Points on a side: odd, so that one is at the weights themselves. */
export const landscapeSizes = [21, 41, 81] as const
/** Half the side of a random plane; 1 moves each filter by as much as it is long. */
export const landscapeReaches = [0.25, 0.5, 1, 2] as const
/** Networks beside the one in view whose minima are compared with it. */
export const MOST_OTHERS = 4
export const LEAST_OTHERS = 1

export interface LandscapeChoice {
  /** Its weights are in the middle; null for those of now. */
  readonly epoch: number | null
  /** Filter-normalised random directions, or the principal components of the path. */
  readonly plane: 'random' | 'principal'
  readonly size: (typeof landscapeSizes)[number]
  /** Of the random directions. */
  readonly seed: number
  /** Of a random plane alone. */
  readonly reach: (typeof landscapeReaches)[number]
}

/** A kept moment of the run, as it is seen from the plane. */
export interface PathPoint {
  readonly epoch: number
  readonly alpha: number
  readonly beta: number
  /** How far its weights are from the place where they are drawn. */
  readonly distance: number
}

export type WorkState = 'preparing' | 'running' | 'done' | 'cancelled' | 'failed'

/** What is known of a landscape before any loss. */
export interface LandscapeGround {
  readonly alphas: Float64Array
  readonly betas: Float64Array
  readonly path: readonly PathPoint[]
  /** Moments that are kept: the path may leave some out. */
  readonly moments: number
  /** Share of the path's variance along each axis; null for random directions. */
  readonly explained: readonly [number, number] | null
  /** Distance from the first weights of the path to the last: what distances off the plane are compared with. */
  readonly travelled: number
  /** Training rows that the loss is the mean of, and how many there are. */
  readonly rows: number
  readonly ofRows: number
  /** What all losses may take, in milliseconds, as measured on a few of them. */
  readonly expectedMs: number
  readonly executor: 'wasm' | 'reference'
}

export interface LandscapeView {
  /** Another one with every start. */
  readonly id: number
  readonly runId: string
  readonly choice: LandscapeChoice
  /** Epoch that the weights in the middle are of. */
  readonly epoch: number
  readonly step: number
  readonly state: WorkState
  readonly error: ErrorValue | null
  /** Null while it is prepared. */
  readonly ground: LandscapeGround | null
  /** Losses known, and losses in all. */
  readonly done: number
  readonly total: number
  /** Every so many points in each direction are known, up to the edges; 0 before the first picture. */
  readonly stride: number
  readonly elapsedMs: number
  /** The losses below are those from number `from` on, in the order they were computed in. */
  readonly from: number
  /** row · size + column: α = alphas[column], β = betas[row]. */
  readonly places: Int32Array
  /** NaN or infinite where the loss is none. */
  readonly losses: Float64Array
}

/** Who is compared with the run in view: the same design from other seeds, or kept runs of it. */
export type BarrierChoice =
  | { readonly kind: 'seeds'; readonly others: number; readonly epochs: number }
  | { readonly kind: 'runs'; readonly names: readonly string[] }

export interface MinimumView {
  /** "seed 2", or what the run is called. */
  readonly label: string
  readonly state: 'waiting' | 'training' | 'ready' | 'failed'
  /** Epochs that it has ended, of those that it is trained for. */
  readonly epoch: number
  readonly epochs: number
  /** On the rows of the lines; null before it is known. */
  readonly loss: number | null
}

/** The loss on the straight line from one minimum to another. */
export interface BarrierLine {
  /** Places among the minima. */
  readonly from: number
  readonly to: number
  readonly positions: Float64Array
  /** NaN or infinite where the loss is none. */
  readonly losses: Float64Array
  /** max L(t) − max(L(0), L(1)); NaN where a loss is none. */
  readonly height: number
  readonly at: number
  /** What that means, in one sentence. */
  readonly sentence: string
}

export interface BarrierView {
  readonly id: number
  readonly runId: string
  readonly state: 'training' | 'waiting' | 'measuring' | 'done' | 'cancelled' | 'failed'
  readonly error: ErrorValue | null
  readonly minima: readonly MinimumView[]
  /** Those that are measured. */
  readonly lines: readonly BarrierLine[]
  readonly pairs: number
  readonly rows: number
  readonly ofRows: number
  /** What else is to be said of the comparison. */
  readonly notes: readonly string[]
}

/** Both, as a window asks for them when it opens. */
export interface LandscapesView {
  readonly landscape: LandscapeView | null
  readonly barrier: BarrierView | null
}
