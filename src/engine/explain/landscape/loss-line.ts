/** The losses on the straight line between two sets of weights of one network, as two runs end in them. */
import { ConfigError } from '../../../shared/errors'
import type { ExecutorName } from '../../executors/training-executor'
import { checkParameters, keptTensors, type Parameters } from '../../model/model'
import type { Samples } from '../../train/samples'
import type { ForwardProblem } from '../../train/step-graph'
import { LossScan } from './loss-scan'
import { PointLoss } from './point-loss'

export const LEAST_POINTS = 3
export const MOST_POINTS = 1001

/** How far the loss rises between two minima. NaN where a loss on the line is none. */
export interface Barrier {
  /**
   * max L(t) − max(L(0), L(1)): what descent would have to climb from the higher end; 0 where the line rises above neither. Of the
   * points that were computed: the true one may be higher.
   */
  readonly height: number
  /**
   * max L(t) − (L(0) + L(1)) / 2, as Frankle, Dziugaite, Roy and Carbin 2020 measure it ("Linear Mode Connectivity and the Lottery
   * Ticket Hypothesis", section 2), for their errors.
   */
  readonly overMean: number
  /** Where the loss is highest. */
  readonly at: number
}

/**
 * `losses[i]` is L(θ_a + t · (θ_b − θ_a)) at t = positions[i]. Buffers go with the weights, so that running statistics are those of
 * either end at the ends, and between them a mean of both, which need not be what the network there would have gathered.
 * A barrier on the straight line does not tell that the minima are apart: low paths that bend around it are the rule (Garipov et al.
 * 2018; Draxler et al. 2018), and units that stand in another order raise one between equal networks.
 */
export class LossLine extends LossScan {
  /** t, from 0 to 1. */
  readonly positions: Float64Array

  /**
   * @param points on the line, both ends among them @param executor the reference where everything must be float64
   * @throws ConfigError `invalid-grid`; ShapeError `parameters-mismatch`; as `PointLoss`
   */
  constructor(
    problem: ForwardProblem,
    samples: Samples,
    from: Parameters,
    to: Parameters,
    points: number,
    executor?: ExecutorName
  ) {
    if (!Number.isInteger(points) || points < LEAST_POINTS || points > MOST_POINTS) {
      throw new ConfigError(
        'invalid-grid',
        `A line has a whole number of points, from ${LEAST_POINTS} to ${MOST_POINTS}, got ${points}.`
      )
    }
    checkParameters(problem.model, from)
    checkParameters(problem.model, to)
    const positions = Float64Array.from({ length: points }, (_, i) => i / (points - 1))
    const way = new Map(
      keptTensors(problem.model).map(({ name }) => {
        const start = from.get(name)?.data ?? new Float64Array()
        const end = to.get(name)?.data ?? start
        return [name, end.map((value, i) => value - (start[i] ?? 0))] as const
      })
    )
    super(new PointLoss(problem, samples, from, [way], executor), {
      ...{ rows: 1, columns: points },
      locate(_, column, coordinates) {
        coordinates[0] = positions[column] ?? NaN
      }
    })
    this.positions = positions
  }

  /** Once all losses are there; null before. */
  get barrier(): Barrier | null {
    const { losses, positions } = this
    if (this.done < losses.length) return null
    const ends = [losses[0] ?? NaN, losses.at(-1) ?? NaN] as const
    const highest = Math.max(...losses)
    return {
      height: highest - Math.max(...ends),
      overMean: highest - (ends[0] + ends[1]) / 2,
      at: positions[losses.indexOf(highest)] ?? NaN
    }
  }
}
