/** For tests: places of a plane and the losses there, worked out the plain way. */
import type { Parameters } from '../../model/model'
import { Evaluator } from '../../train/evaluator'
import type { Samples } from '../../train/samples'
import type { ForwardProblem } from '../../train/step-graph'
import type { Direction } from './plane'

/** θ₀ + Σ cₖ · dₖ */
export function moved(
  origin: Parameters,
  directions: readonly Direction[],
  coordinates: readonly number[]
): Parameters {
  return new Map(
    [...origin].map(([name, { shape, data }]) => [
      name,
      {
        shape,
        data: data.map((value, i) =>
          directions.reduce((sum, each, k) => sum + (coordinates[k] ?? 0) * (each.get(name)?.[i] ?? 0), value)
        )
      }
    ])
  )
}

/** In float64, by the graph that judges a network. */
export function plainLoss(problem: ForwardProblem, parameters: Parameters, samples: Samples): number {
  return new Evaluator(problem, 'reference').forward(parameters, samples).loss
}
