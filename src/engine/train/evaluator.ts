/** Loss, metrics and outputs of a network on given rows. */
import { ForwardPass } from '../executors/forward'
import type { MemoryShares } from '../executors/reference/memory'
import type { ExecutorName, Forward } from '../executors/training-executor'
import type { LossName } from '../losses'
import { metricsFor, type MetricSpec } from '../metrics'
import { checkOutputs, outputUnits } from '../model/inference'
import { checkParameters, type Model, type Parameters } from '../model/model'
import type { Task } from '../spec'
import type { Tensor } from '../tensor/tensor'
import { LossMean } from './loss-mean'
import { checkFeatures, checkSamples, classesOf, type Samples, type TargetScale } from './samples'
import type { ForwardProblem } from './step-graph'

/** By metric name of the registry. */
export type Metrics = Readonly<Record<string, number>>

/** Loss, outputs (regression still standardised) and metrics. */
export interface Evaluation extends Forward {
  readonly metrics: Metrics
}

/** Some units of the last place of float64. */
const ROUNDING = 2 ** -50

/** Evaluates a network again and again, on graphs it keeps. */
export class Evaluator {
  readonly problem: ForwardProblem
  readonly #pass: ForwardPass

  /** @param executor the reference where everything must be float64; see `ForwardPass` */
  constructor(problem: ForwardProblem, executor?: ExecutorName) {
    this.problem = problem
    this.#pass = new ForwardPass(problem, executor)
  }

  /** What judging so many rows by the reference takes besides them. */
  memoryShares(rows: number): MemoryShares {
    return this.#pass.memoryShares(rows)
  }

  /** Loss and outputs. Samples and parameters must have been checked. */
  forward(parameters: Parameters, samples: Samples): Forward {
    return resultOf(this.slices(parameters, samples))
  }

  /** The same in slices of some ten milliseconds: whoever pulls decides when to breathe. */
  *slices(parameters: Parameters, { features, targets }: Samples): Generator<undefined, Forward> {
    const [rows = 0] = targets.shape
    const units = outputUnits(this.problem.model)
    const outputs = new Float64Array(rows * units)
    const loss = new LossMean(this.problem)
    let nonFiniteScope: string | null = null
    for (const slice of this.#pass.slices(parameters, features, targets)) {
      outputs.set(slice.outputs, slice.start * units)
      loss.add(slice.loss, targets.data.subarray(slice.start, slice.start + slice.rows))
      nonFiniteScope ??= slice.nonFiniteScope
      yield
    }
    return { loss: loss.value, outputs: { shape: [rows, units], data: outputs }, nonFiniteScope }
  }
}

/** Metrics of a task, gathered over batches; regression's in raw units. */
export class MetricGatherer {
  readonly #metrics: readonly { readonly name: string; readonly rows: ReturnType<MetricSpec['create']> }[]
  readonly #scale: TargetScale | null

  /** @param specs those that are gathered in every epoch, unless said */
  constructor(
    task: Task,
    targetScale: TargetScale | undefined,
    specs: readonly MetricSpec[] = metricsFor(task).filter(({ duringTraining }) => duringTraining)
  ) {
    this.#metrics = specs.map((metric) => ({ name: metric.name, rows: metric.create() }))
    this.#scale = task === 'regression' ? (targetScale ?? null) : null
  }

  /** @param outputs [N, K] after the link @param targets [N, 1] */
  add(outputs: Tensor, targets: Tensor): void {
    const rawOutputs = this.#raw(outputs)
    const rawTargets = this.#raw(targets)
    this.#metrics.forEach(({ rows }) => rows.add(rawOutputs, rawTargets))
  }

  values(): Metrics {
    return Object.fromEntries(this.#metrics.map(({ name, rows }) => [name, rows.value()]))
  }

  #raw(values: Tensor): Tensor {
    if (this.#scale === null) return values
    const { mean, scale } = this.#scale
    return { shape: values.shape, data: values.data.map((value) => rawValue(mean, scale * value)) }
  }
}

/** mean + distance, and exactly 0 where only rounding is left of it: a raw 0 was not standardised without rounding. */
function rawValue(mean: number, distance: number): number {
  const raw = mean + distance
  return Math.abs(raw) <= ROUNDING * Math.abs(mean) ? 0 : raw
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
  const classes = classesOf(model, task)
  checkOutputs(model, loss, task, classes)
  checkParameters(model, parameters)
  checkSamples(model, task, classes, samples)
  return withMetrics(problem, new Evaluator(problem).forward(parameters, samples), samples, targetScale)
}

/** Adds all metrics of the task. */
export function withMetrics(
  { model, task }: ForwardProblem,
  forward: Forward,
  { targets }: Samples,
  targetScale?: TargetScale
): Evaluation {
  const metrics = new MetricGatherer(task, targetScale, metricsFor(task, classesOf(model, task)))
  metrics.add(forward.outputs, targets)
  return { ...forward, metrics: metrics.values() }
}

/**
 * What a network answers: features [N, F] → link(output) [N, K]. K = 1: the value (standardised) or the probability
 * of the second class; otherwise the probability of each class.
 * @throws ShapeError, ConfigError, NumericError as `evaluate`
 */
export function predict(model: Model, parameters: Parameters, loss: LossName, task: Task, features: Tensor): Tensor {
  return resultOf(predictInSlices(model, parameters, loss, task, features))
}

/** `predict` in slices of some ten milliseconds: whoever pulls decides when to breathe. */
export function* predictInSlices(
  model: Model,
  parameters: Parameters,
  loss: LossName,
  task: Task,
  features: Tensor
): Generator<undefined, Tensor> {
  checkOutputs(model, loss, task, classesOf(model, task))
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

/** What work in slices comes to, done at once. */
function resultOf<T>(work: Generator<undefined, T>): T {
  for (;;) {
    const next = work.next()
    if (next.done === true) return next.value
  }
}
