/** Loss, metrics and outputs of a network on given rows. */
import { ForwardPass } from '../executors/forward'
import type { MemoryShares } from '../executors/reference/memory'
import type { ExecutorName, Forward } from '../executors/training-executor'
import type { LossName } from '../losses'
import { metricsFor } from '../metrics'
import { checkOutputs, outputUnits } from '../model/inference'
import { checkParameters, type Model, type Parameters } from '../model/model'
import type { Task } from '../spec'
import type { Tensor } from '../tensor/tensor'
import { LossMean } from './loss-mean'
import { MetricGatherer, type MetricParts, type Metrics } from './metric-gatherer'
import { rowsFrom, type Features } from './row-source'
import {
  answersOf,
  checkFeatures,
  checkSamples,
  fedTargets,
  hasWeights,
  type Samples,
  type TargetScale
} from './samples'
import { resultOf } from './slices'
import type { ForwardProblem } from './step-graph'

/** Loss, outputs (regression still standardised) and metrics. */
export interface Evaluation extends Forward {
  /** Over all outputs. */
  readonly metrics: Metrics
  /** Of each value or label alone, in the order of the outputs; one entry, the same as `metrics`, for classes. */
  readonly byOutput: readonly Metrics[]
  /** What `metrics` and `byOutput` are worked out of. */
  readonly parts: MetricParts
  readonly partsByOutput: readonly MetricParts[]
}

/** Evaluates a network again and again, on graphs it keeps. */
export class Evaluator {
  readonly problem: ForwardProblem
  readonly #executor: ExecutorName | undefined
  /** By whether rows have weights. */
  readonly #passes = new Map<boolean, ForwardPass>()

  /** @param executor the reference where everything must be float64; see `ForwardPass` */
  constructor(problem: ForwardProblem, executor?: ExecutorName) {
    this.problem = problem
    this.#executor = executor
  }

  /** What judging so many rows by the reference takes besides them. */
  memoryShares(rows: number): MemoryShares {
    return this.#passFor(this.problem.rowWeights === true).memoryShares(rows)
  }

  /** Loss, with the weights of rows that have some, and outputs. Samples and parameters must have been checked. */
  forward(parameters: Parameters, samples: Samples): Forward {
    return resultOf(this.slices(parameters, samples))
  }

  /** The same in slices of some ten milliseconds: whoever pulls decides when to breathe. */
  *slices(parameters: Parameters, samples: Samples): Generator<undefined, Forward> {
    const { features, targets } = samples
    const [rows = 0] = targets.shape
    const weighted = hasWeights(samples)
    const units = outputUnits(this.problem.model)
    const outputs = new Float64Array(rows * units)
    const loss = new LossMean(this.problem)
    let nonFiniteScope: string | null = null
    for (const slice of this.#passFor(weighted).slices(parameters, features, fedTargets(samples, weighted))) {
      outputs.set(slice.outputs, slice.start * units)
      loss.add(slice.loss, rowsFrom(targets, slice.start, slice.rows))
      nonFiniteScope ??= slice.nonFiniteScope
      yield
    }
    return { loss: loss.value, outputs: { shape: [rows, units], data: outputs }, nonFiniteScope }
  }

  #passFor(rowWeights: boolean): ForwardPass {
    const kept = this.#passes.get(rowWeights)
    if (kept !== undefined) return kept
    const pass = new ForwardPass({ ...this.problem, rowWeights }, this.#executor)
    this.#passes.set(rowWeights, pass)
    return pass
  }
}

/**
 * Loss and metrics of a network on given rows.
 * @param targetScale for regression: the metrics are then in raw units, the loss and the outputs stay standardised
 * @throws ShapeError, ConfigError, NumericError when model, parameters, loss, task and samples do not fit together
 */
export function evaluate(
  problem: ForwardProblem,
  parameters: Parameters,
  samples: Samples,
  targetScale?: TargetScale
): Evaluation {
  const { model, loss, task } = problem
  const answers = answersOf(model, task)
  checkOutputs(model, loss, task, answers)
  checkParameters(model, parameters)
  checkSamples(model, task, answers, samples)
  return withMetrics(problem, new Evaluator(problem).forward(parameters, samples), samples, targetScale)
}

/** Adds all metrics of the task. */
export function withMetrics(
  { model, task }: ForwardProblem,
  forward: Forward,
  { targets }: Samples,
  targetScale?: TargetScale
): Evaluation {
  const gathered = new MetricGatherer(task, targets, targetScale, metricsFor(task, answersOf(model, task)))
  gathered.add(forward.outputs, targets)
  return {
    ...forward,
    metrics: gathered.values(),
    byOutput: gathered.byOutput(),
    parts: gathered.parts(),
    partsByOutput: gathered.partsByOutput()
  }
}

/**
 * What a network answers: features [N, F] → link(output) [N, K]. Regression: the values (standardised); multi-label: the
 * probability that each label is on; classes: that of the second of two (K = 1) or of each class.
 * @throws ShapeError, ConfigError, NumericError as `evaluate`
 */
export function predict(model: Model, parameters: Parameters, loss: LossName, task: Task, features: Features): Tensor {
  return resultOf(predictInSlices(model, parameters, loss, task, features))
}

/** `predict` in slices of some ten milliseconds: whoever pulls decides when to breathe. */
export function* predictInSlices(
  model: Model,
  parameters: Parameters,
  loss: LossName,
  task: Task,
  features: Features
): Generator<undefined, Tensor> {
  checkOutputs(model, loss, task, answersOf(model, task))
  checkParameters(model, parameters)
  const rows = checkFeatures(model, features)
  const units = outputUnits(model)
  const data = new Float64Array(rows * units)
  const pass = new ForwardPass({ model, loss, task })
  for (const { start, outputs } of pass.slices(parameters, features)) {
    data.set(outputs, start * units)
    yield
  }
  return { shape: [rows, units], data }
}
