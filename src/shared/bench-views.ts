/** What lessons show of benches. */
import type { ErrorValue } from './errors'
import type { SurfacePointsView, SurfaceView } from './run-views'

/** Losses of a training that are told at most, besides the first: they are spread evenly over its steps. */
export const MAX_TRIAL_LOSSES = 500
/** Numbers of a network whose weights are told one by one. */
export const MAX_NAMED_WEIGHTS = 50

/** A parameter of a small network before and after its training, row by row. */
export interface TrialWeights {
  readonly name: string
  readonly shape: readonly number[]
  readonly start: readonly number[]
  readonly end: readonly number[]
}

/** One of the trainings of a trial. */
export interface TrialVariantView {
  readonly label: string
  /** Steps taken before each of the losses: 0 first, those of its end last. Fewer than were asked for where it ended before. */
  readonly steps: readonly number[]
  /** Mean over all of its training rows, without penalties. */
  readonly losses: readonly number[]
  /** Share of those rows whose class is right in the end; null where there are no classes. */
  readonly accuracy: number | null
  /** Null where there are over 50 numbers. */
  readonly weights: readonly TrialWeights[] | null
  /** What it answers in the end; null where its inputs are not one or two columns of numbers. */
  readonly surface: SurfaceView | null
  /** Why it went no further, as where its numbers left the finite range; the rest is of its last step before. */
  readonly error: ErrorValue | null
}

/** Trainings on one bench beside one another. */
export interface BenchTrialView {
  /** In the order in which they were asked for. */
  readonly variants: readonly TrialVariantView[]
  /** The rows where they stand in the pictures; null where there are none. */
  readonly points: SurfacePointsView | null
}
