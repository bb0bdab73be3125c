/** The losses of a network over a part of a plane: what is drawn as a landscape. */
import { ConfigError } from '../../../shared/errors'
import type { ExecutorName } from '../../executors/training-executor'
import type { Samples } from '../../train/samples'
import type { ForwardProblem } from '../../train/step-graph'
import { LossScan } from './loss-scan'
import type { Plane } from './plane'
import { PointLoss } from './point-loss'
import type { Extent } from './projection'

/** Points on a side. */
export const LEAST_SIDE = 3
export const MOST_SIDE = 201

export interface SliceOptions {
  readonly extent: Extent
  /** Points on a side: odd, so that one is in the middle. */
  readonly size: number
  /** The reference where everything must be float64. */
  readonly executor?: ExecutorName
}

/**
 * `losses[row · size + column]` is at α = alphas[column] and β = betas[row]: the loss alone, without penalties on weights, as
 * `PointLoss` computes it.
 */
export class LossSlice extends LossScan {
  readonly size: number
  /** From the lower to the higher end. */
  readonly alphas: Float64Array
  readonly betas: Float64Array

  /**
   * @param samples rows to take the mean loss over; every point takes all of them
   * @throws ConfigError `invalid-grid`; as `PointLoss`
   */
  constructor(problem: ForwardProblem, samples: Samples, plane: Plane, { extent, size, executor }: SliceOptions) {
    if (!Number.isInteger(size) || size % 2 === 0 || size < LEAST_SIDE || size > MOST_SIDE) {
      throw new ConfigError(
        'invalid-grid',
        `A slice has an odd number of points on a side, from ${LEAST_SIDE} to ${MOST_SIDE}, got ${size}.`
      )
    }
    const alphas = spaced(extent.alpha, size)
    const betas = spaced(extent.beta, size)
    super(new PointLoss(problem, samples, plane.origin, plane.directions, executor), {
      ...{ rows: size, columns: size },
      locate(row, column, coordinates) {
        coordinates[0] = alphas[column] ?? NaN
        coordinates[1] = betas[row] ?? NaN
      }
    })
    this.size = size
    this.alphas = alphas
    this.betas = betas
  }
}

function spaced([low, high]: readonly [number, number], count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1))
}
