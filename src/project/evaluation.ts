/** How weights do on rows whose answers are known, as people look at it. */
import { metricsFor, type Task } from '../engine/catalog'
import {
  isOn,
  predictedClasses,
  type Evaluation,
  type MetricParts,
  type Metrics,
  type Model,
  type Parameters,
  type TargetScale,
  type Tensor
} from '../engine'
import { outputCount, outputNames, valueOutputs, type Preparation, type ValueOutput } from '../data'
import type {
  EvaluatedRows,
  EvaluationView,
  MetricView,
  Mistake,
  TargetEvaluationView,
  WeightsView
} from '../shared/views'

/** Points of the scatter at most; more hide each other. */
const MAX_SCATTER_POINTS = 500
/** Points of all scatters together, where there are several. */
const MAX_ALL_POINTS = 20_000
/** Mistakes that are told row by row. */
const MAX_MISTAKES = 200
/** Those of all labels together, where there are several. */
const MAX_ALL_MISTAKES = 2000
/** Above this a drawing of every weight shows nothing. */
const MAX_DRAWN_PARAMETERS = 4000

export interface EvaluationInput {
  readonly runId: string
  readonly epoch: number
  readonly on: EvaluatedRows
  readonly preparation: Preparation
  /** Of the table. */
  readonly judgedRows: ArrayLike<number>
  /** Of the rows, as the network is to answer them. */
  readonly targets: Tensor
  readonly evaluation: Evaluation
}

/** Scale of the targets for metrics in raw units; undefined for classes, as `evaluate` expects. */
export function targetScaleOf(preparation: Preparation): TargetScale | undefined {
  const values = valueOutputs(preparation)
  if (values.length === 0) return undefined
  return { mean: values.map(({ mean }) => mean), scale: values.map(({ scale }) => scale) }
}

/**
 * Loss, metrics, and the confusion matrix (classes) or actual against predicted values (regression); with several values or
 * labels, those of each.
 */
export function evaluationView(input: EvaluationInput): EvaluationView {
  const { runId, epoch, on, preparation, judgedRows, targets, evaluation } = input
  const { target } = preparation
  const { task } = target
  const answers = outputCount(preparation)
  const [rows = 0] = targets.shape
  const metrics = metricViews(task, answers, evaluation.metrics, evaluation.parts)
  const of = { runId, epoch, on, rows, loss: evaluation.loss, metrics }
  if ('classes' in target) {
    const confusion = confusionOf(target.classes, targets.data, predictedClasses(evaluation.outputs), {
      judgedRows,
      shareOf: shareOfClass(evaluation.outputs),
      most: MAX_MISTAKES
    })
    return { ...of, confusion, scatter: null, targets: [] }
  }
  const [value, ...more] = valueOutputs(preparation)
  if (value !== undefined && more.length === 0) {
    const scatter = scatterOf(value, targets.data, evaluation.outputs.data, judgedRows, MAX_SCATTER_POINTS)
    return { ...of, confusion: null, scatter, targets: [] }
  }
  return { ...of, confusion: null, scatter: null, targets: targetViews(input, answers) }
}

/** One for each value or label. */
function targetViews(
  { preparation, judgedRows, targets, evaluation }: EvaluationInput,
  answers: number
): TargetEvaluationView[] {
  const { target } = preparation
  const values = valueOutputs(preparation)
  const points = Math.min(MAX_SCATTER_POINTS, Math.floor(MAX_ALL_POINTS / answers))
  return outputNames(preparation).map((name, k) => {
    const ofOutput = ({ data }: Tensor) =>
      Float64Array.from({ length: data.length / answers }, (_, row) => data[row * answers + k] ?? NaN)
    const [expected, outputs] = [ofOutput(targets), ofOutput(evaluation.outputs)]
    const label = target.task === 'multi-label' ? target.labels[k] : undefined
    const value = values[k]
    return {
      name,
      metrics: metricViews(target.task, answers, evaluation.byOutput[k] ?? {}, evaluation.partsByOutput[k]),
      confusion:
        label === undefined
          ? null
          : confusionOf(
              label.classes,
              expected,
              Array.from(outputs, (p) => Number(isOn(p))),
              {
                judgedRows,
                shareOf: shareOfClass({ shape: [outputs.length, 1], data: outputs }),
                most: Math.min(MAX_MISTAKES, Math.ceil(MAX_ALL_MISTAKES / answers))
              }
            ),
      scatter: value === undefined ? null : scatterOf(value, expected, outputs, judgedRows, points)
    }
  })
}

/** In the order of the registry; without those that were not measured. */
export function metricViews(task: Task, answers: number, metrics: Metrics, parts: MetricParts = {}): MetricView[] {
  return metricsFor(task, answers).flatMap(({ name, label }) => {
    const value = metrics[name]
    const own = parts[name]
    return value === undefined ? [] : [{ name, label, value, ...(own === undefined ? {} : { parts: own }) }]
  })
}

/** Every layer's weights, `weight[out][in]`; null when there are too many to draw. */
export function weightsView(model: Model, parameters: Parameters): WeightsView | null {
  const total = [...parameters.values()].reduce((sum, tensor) => sum + tensor.data.length, 0)
  if (total > MAX_DRAWN_PARAMETERS) return null
  const layers = model.spec.layers.flatMap(({ name }) => {
    const weight = parameters.get(`${name}.weight`)
    const bias = parameters.get(`${name}.bias`)
    return weight?.shape.length !== 2 || bias === undefined
      ? []
      : [{ name, weight: rowsOf(weight), bias: [...bias.data] }]
  })
  return { layers }
}

function confusionOf(
  classes: readonly string[],
  actual: Float64Array,
  predicted: ArrayLike<number>,
  of: {
    readonly judgedRows: ArrayLike<number>
    readonly shareOf: (place: number, code: number) => number
    /** Mistakes that are told. */
    readonly most: number
  }
): EvaluationView['confusion'] {
  const counts = classes.map(() => classes.map(() => 0))
  const mistakes: Mistake[] = []
  for (const [place, code] of actual.entries()) {
    const answer = predicted[place] ?? -1
    const ofActual = counts[code]
    if (ofActual?.[answer] === undefined) continue
    ofActual[answer]++
    if (answer === code) continue
    mistakes.push({
      row: of.judgedRows[place] ?? NaN,
      actual: code,
      predicted: answer,
      share: of.shareOf(place, answer)
    })
    // A network that has not learned yet gets most rows wrong: those that will not be told are let go on the way.
    if (mistakes.length >= 2 * of.most) keepSurest(mistakes, of.most)
  }
  keepSurest(mistakes, of.most)
  return { classes, counts, mistakes }
}

/** Puts the surest first, and keeps so many; of equals those that came first. */
function keepSurest(mistakes: Mistake[], most: number): void {
  mistakes.sort((one, other) => other.share - one.share)
  mistakes.splice(most)
}

/** The share of a class in what the network answers to a row. @param outputs [N, K], or [N, 1] of the second of two */
function shareOfClass({ shape: [, width = 1], data }: Tensor): (place: number, code: number) => number {
  if (width > 1) return (place, code) => data[place * width + code] ?? NaN
  return (place, code) => {
    const second = data[place] ?? NaN
    return code === 1 ? second : 1 - second
  }
}

/** @param actual standardised, as `predicted` */
function scatterOf(
  { mean, scale }: ValueOutput,
  actual: Float64Array,
  predicted: Float64Array,
  judgedRows: ArrayLike<number>,
  most: number
): EvaluationView['scatter'] {
  const rows = actual.length
  const points = Math.min(rows, most)
  const chosen = Array.from({ length: points }, (_, i) => Math.floor((i * rows) / points))
  const raw = (data: Float64Array) => chosen.map((row) => mean + scale * (data[row] ?? NaN))
  const tableRows = chosen.map((row) => judgedRows[row] ?? NaN)
  return { actual: raw(actual), predicted: raw(predicted), rows: tableRows }
}

function rowsOf({ shape: [rows = 0, columns = 0], data }: Tensor): number[][] {
  return Array.from({ length: rows }, (_, row) => [...data.subarray(row * columns, (row + 1) * columns)])
}
