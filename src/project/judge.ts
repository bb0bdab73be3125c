/** How a network does on many rows, worked out so that others get their turn meanwhile. */
import { inTurns, Turns } from '../data'
import {
  Evaluator,
  withMetrics,
  type Evaluation,
  type ExecutorName,
  type ForwardProblem,
  type Parameters,
  type Samples,
  type TargetScale
} from '../engine'

/**
 * What `evaluate` gives.
 * @param samples at least one row, which fit the network
 */
export async function judge(
  problem: ForwardProblem,
  parameters: Parameters,
  samples: Samples,
  targetScale?: TargetScale,
  executor?: ExecutorName
): Promise<Evaluation> {
  const evaluator = new Evaluator(problem, executor)
  const forward = await inTurns(evaluator.slices(parameters, samples), new Turns(undefined))
  return withMetrics(problem, forward, samples, targetScale)
}
