/** How a network does on many rows, worked out so that others get their turn meanwhile. */
import { setImmediate } from 'node:timers/promises'
import {
  describeModel,
  Evaluator,
  LossMean,
  MetricGatherer,
  metricsFor,
  type Evaluation,
  type ForwardProblem,
  type Parameters,
  type Samples,
  type TargetScale,
  type Tensor
} from '../engine'

/** Multiply-adds between two turns of the event loop: some ten milliseconds of the reference executor. */
const WORK_AT_ONCE = 2_000_000
/** Rows computed at once at most: bounds the memory of intermediate values. */
const MAX_ROWS_AT_ONCE = 1024

/**
 * What `evaluate` gives, over slices of rows.
 * @param samples at least one row, which fit the network
 * @param classes K; 1 for regression
 */
export async function judge(
  problem: ForwardProblem,
  parameters: Parameters,
  { features, targets }: Samples,
  classes: number,
  targetScale?: TargetScale
): Promise<Evaluation> {
  const [rows = 0] = targets.shape
  const evaluator = new Evaluator(problem)
  const loss = new LossMean(problem)
  const parts: Float64Array[] = []
  let nonFiniteScope: string | null = null
  const step = rowsAtOnce(problem)
  for (let start = 0; start < rows; start += step) {
    const count = Math.min(step, rows - start)
    const slice = { features: rowsOf(features, start, count), targets: rowsOf(targets, start, count) }
    const forward = evaluator.forward(parameters, slice)
    loss.add(forward.loss, slice.targets.data)
    parts.push(forward.outputs.data)
    nonFiniteScope ??= forward.nonFiniteScope
    await setImmediate()
  }
  const outputs = joined(parts, rows)
  const metrics = new MetricGatherer(problem.task, targetScale, metricsFor(problem.task, classes))
  metrics.add(outputs, targets)
  return { loss: loss.value, outputs, nonFiniteScope, metrics: metrics.values() }
}

function rowsAtOnce({ model }: ForwardProblem): number {
  const work = describeModel(model.spec).layers.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0)
  return Math.max(1, Math.min(MAX_ROWS_AT_ONCE, Math.floor(WORK_AT_ONCE / Math.max(1, work))))
}

/** `count` rows from `start`, sharing memory with the whole. */
function rowsOf({ shape: [rows = 0, ...row], data }: Tensor, start: number, count: number): Tensor {
  const size = data.length / rows
  return { shape: [count, ...row], data: data.subarray(start * size, (start + count) * size) }
}

function joined(parts: readonly Float64Array[], rows: number): Tensor {
  const data = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    data.set(part, at)
    at += part.length
  }
  return { shape: [rows, data.length / rows], data }
}
