/** Loss, metrics and outputs of a network on given rows. */
import { ReferenceProgram } from '../executors/reference/program'
import type { Forward } from '../executors/training-executor'
import type { NodeId } from '../graph/graph'
import type { LossName } from '../losses'
import { metricsFor, type MetricSpec } from '../metrics'
import { checkOutputs, inferenceGraph, outputUnits } from '../model/inference'
import { checkParameters, type Model, type Parameters } from '../model/model'
import { INPUT, type Task } from '../spec'
import { sizeOf, type Tensor } from '../tensor/tensor'
import { LossMean } from './loss-mean'
import { checkFeatures, checkSamples, classesOf, type Samples, type TargetScale } from './samples'
import { forwardGraph, TARGETS, type ForwardProblem } from './step-graph'

/** By metric name of the registry. */
export type Metrics = Readonly<Record<string, number>>

/** Loss, outputs (regression still standardised) and metrics. */
export interface Evaluation extends Forward {
  readonly metrics: Metrics
}

/** Some units of the last place of float64. */
const ROUNDING = 2 ** -50

/** Rows computed at once: bounds the memory of intermediate values. */
const ROWS_AT_ONCE = 1024

interface EvaluationProgram {
  readonly program: ReferenceProgram
  readonly loss: NodeId
  readonly output: NodeId
}

/** Evaluates a network again and again, on graphs it keeps. */
export class Evaluator {
  readonly #programs = new Map<number, EvaluationProgram>()

  constructor(readonly problem: ForwardProblem) {}

  /** Samples and parameters must have been checked. */
  run(parameters: Parameters, samples: Samples, targetScale?: TargetScale): Evaluation {
    const forward = this.forward(parameters, samples)
    const { model, task } = this.problem
    const metrics = new MetricGatherer(task, targetScale, metricsFor(task, classesOf(model, task)))
    metrics.add(forward.outputs, samples.targets)
    return { ...forward, metrics: metrics.values() }
  }

  /** Loss and outputs alone. */
  forward(parameters: Parameters, samples: Samples): Forward {
    const [rows = 0] = samples.targets.shape
    const outputs = new Float64Array(rows * outputUnits(this.problem.model))
    const feeds = feedsOf(parameters)
    const loss = new LossMean(this.problem)
    let nonFiniteScope: string | null = null
    for (let start = 0; start < rows; start += ROWS_AT_ONCE) {
      const count = Math.min(ROWS_AT_ONCE, rows - start)
      const batch = this.#programFor(count)
      feeds.set(INPUT, rowsOf(samples.features, start, count).data)
      const targets = rowsOf(samples.targets, start, count).data
      feeds.set(TARGETS, targets)
      batch.program.run(feeds)
      outputs.set(batch.program.value(batch.output), start * (outputs.length / rows))
      const mean = batch.program.value(batch.loss)[0] ?? NaN
      loss.add(mean, targets)
      if (!Number.isFinite(mean)) nonFiniteScope ??= batch.program.firstNonFinite()?.scope ?? null
    }
    const { value } = loss
    return { loss: value, outputs: { shape: [rows, outputs.length / rows], data: outputs }, nonFiniteScope }
  }

  #programFor(rows: number): EvaluationProgram {
    const kept = this.#programs.get(rows)
    if (kept !== undefined) return kept
    const { graph, loss, output } = forwardGraph(this.problem, rows)
    const made = { program: new ReferenceProgram(graph, [output, loss]), loss, output }
    this.#programs.set(rows, made)
    return made
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
  return new Evaluator(problem).run(parameters, samples, targetScale)
}

/**
 * What a network answers: features [N, F] → link(output) [N, K]. K = 1: the value (standardised) or the probability
 * of the second class; otherwise the probability of each class.
 * @throws ShapeError, ConfigError, NumericError as `evaluate`
 */
export function predict(model: Model, parameters: Parameters, loss: LossName, task: Task, features: Tensor): Tensor {
  checkOutputs(model, loss, task, classesOf(model, task))
  checkParameters(model, parameters)
  const rows = checkFeatures(model, features)
  const units = outputUnits(model)
  const data = new Float64Array(rows * units)
  const feeds = feedsOf(parameters)
  const programs = new Map<number, { readonly program: ReferenceProgram; readonly output: NodeId }>()
  for (let start = 0; start < rows; start += ROWS_AT_ONCE) {
    const count = Math.min(ROWS_AT_ONCE, rows - start)
    const { program, output } = programs.get(count) ?? inferenceProgram(model, loss, task, count)
    programs.set(count, { program, output })
    program.run(feeds.set(INPUT, rowsOf(features, start, count).data))
    data.set(program.value(output), start * units)
  }
  return { shape: [rows, units], data }
}

function inferenceProgram(model: Model, loss: LossName, task: Task, rows: number) {
  const { graph, output } = inferenceGraph(model, loss, task, rows)
  return { program: new ReferenceProgram(graph, [output]), output }
}

function feedsOf(parameters: Parameters): Map<string, Float64Array> {
  return new Map([...parameters].map(([name, { data }]) => [name, data]))
}

/** `count` rows from `start`, sharing memory with the whole. */
function rowsOf(whole: Tensor, start: number, count: number): Tensor {
  const [, ...row] = whole.shape
  const size = sizeOf(row)
  return { shape: [count, ...row], data: whole.data.subarray(start * size, (start + count) * size) }
}
