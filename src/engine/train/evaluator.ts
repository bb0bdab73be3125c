/** Loss, metrics and outputs of a network on given rows. */
import { ReferenceProgram } from '../executors/reference/program'
import { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'
import { lossFor, type LossName } from '../losses'
import { applyLink } from '../losses/loss'
import { metricsFor, type MetricSpec } from '../metrics'
import { checkOutputs, inferenceGraph, outputUnits } from '../model/inference'
import { buildModel, checkParameters, type Model, type Parameters } from '../model/model'
import { INPUT, type Task } from '../spec'
import { sizeOf, type Tensor } from '../tensor/tensor'
import { checkFeatures, checkSamples, classesOf, type Samples, type TargetScale } from './samples'

/** By metric name of the registry. */
export type Metrics = Readonly<Record<string, number>>

export interface Evaluation {
  /** Mean over the rows. */
  readonly loss: number
  readonly metrics: Metrics
  /** [N, K] after the link; regression still standardised. */
  readonly outputs: Tensor
  /** The layer (or `loss`) where the first NaN or infinity arose; null when the loss is finite. */
  readonly nonFiniteScope: string | null
}

/** The source in training and evaluation graphs that takes targets [N, 1]. */
export const TARGETS = 'targets'

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

  constructor(
    readonly model: Model,
    readonly loss: LossName,
    readonly task: Task
  ) {}

  /** Samples and parameters must have been checked. */
  run(parameters: Parameters, samples: Samples, targetScale?: TargetScale): Evaluation {
    const [rows = 0] = samples.targets.shape
    const outputs = new Float64Array(rows * outputUnits(this.model))
    const metrics = new MetricGatherer(this.task, targetScale)
    const feeds = feedsOf(parameters)
    let loss = 0
    let nonFiniteScope: string | null = null
    for (let start = 0; start < rows; start += ROWS_AT_ONCE) {
      const count = Math.min(ROWS_AT_ONCE, rows - start)
      const batch = this.#programFor(count)
      const targets = rowsOf(samples.targets, start, count)
      feeds.set(INPUT, rowsOf(samples.features, start, count).data).set(TARGETS, targets.data)
      batch.program.run(feeds)
      const output = batch.program.tensor(batch.output)
      outputs.set(output.data, start * (outputs.length / rows))
      const mean = batch.program.value(batch.loss)[0] ?? NaN
      loss += (mean * count) / rows
      if (!Number.isFinite(mean)) nonFiniteScope ??= batch.program.firstNonFinite()?.scope ?? null
      metrics.add(output, targets)
    }
    const shape = [rows, outputs.length / rows]
    return { loss, metrics: metrics.values(), outputs: { shape, data: outputs }, nonFiniteScope }
  }

  #programFor(rows: number): EvaluationProgram {
    const kept = this.#programs.get(rows)
    if (kept !== undefined) return kept
    const graph = new GraphBuilder()
    const logits = buildModel(graph, this.model, graph.input(INPUT, [rows, ...this.model.spec.inputShape]))
    const spec = lossFor(this.loss, this.task)
    const made = graph.within('loss', () => {
      const output = applyLink(graph, spec.link(this.task), logits)
      const loss = spec.build(graph, this.task, logits, graph.input(TARGETS, [rows, 1]))
      return { program: new ReferenceProgram(graph.graph, [output, loss]), loss, output }
    })
    this.#programs.set(rows, made)
    return made
  }
}

/** The metrics of a task, gathered over batches; regression's in raw units. */
export class MetricGatherer {
  readonly #metrics: readonly { readonly name: string; readonly rows: ReturnType<MetricSpec['create']> }[]
  readonly #scale: TargetScale | null

  constructor(task: Task, targetScale: TargetScale | undefined) {
    this.#metrics = metricsFor(task).map((metric) => ({ name: metric.name, rows: metric.create() }))
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
    return { shape: values.shape, data: values.data.map((value) => mean + scale * value) }
  }
}

/**
 * Loss and metrics of a network on given rows.
 * @param targetScale for regression: the metrics are then in raw units, the loss and the outputs stay standardised
 * @throws ShapeError, ConfigError, NumericError when model, parameters, loss, task and samples do not fit together
 */
export function evaluate(
  model: Model,
  parameters: Parameters,
  loss: LossName,
  task: Task,
  samples: Samples,
  targetScale?: TargetScale
): Evaluation {
  const classes = classesOf(model, task)
  checkOutputs(model, loss, task, classes)
  checkParameters(model, parameters)
  checkSamples(model, task, classes, samples)
  return new Evaluator(model, loss, task).run(parameters, samples, targetScale)
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
