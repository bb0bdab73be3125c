/** How weights do on rows whose answers are known, as people look at it. */
import { metricsFor } from '../engine/catalog'
import { predictedClasses, type Evaluation, type Model, type Parameters, type Tensor } from '../engine'
import type { TargetPreparation } from '../data'
import type { EvaluatedRows, EvaluationView, WeightsView } from '../shared/views'

/** Points of the scatter at most; more hide each other. */
const MAX_SCATTER_POINTS = 500
/** Above this a drawing of every weight shows nothing. */
const MAX_DRAWN_PARAMETERS = 4000

export interface EvaluationInput {
  readonly runId: string
  readonly epoch: number
  readonly on: EvaluatedRows
  readonly target: TargetPreparation
  /** Of the rows, as the network is to answer them. */
  readonly targets: Tensor
  readonly evaluation: Evaluation
}

/** Scale of the target for metrics in raw units; undefined for classes, as `evaluate` expects. */
export function targetScaleOf(target: TargetPreparation): { mean: number; scale: number } | undefined {
  return target.task === 'regression' ? { mean: target.mean, scale: target.scale } : undefined
}

/** Loss, metrics, and the confusion matrix (classes) or actual against predicted values (regression). */
export function evaluationView({
  runId,
  epoch,
  on,
  target,
  targets,
  evaluation: { loss, metrics, outputs }
}: EvaluationInput): EvaluationView {
  return {
    runId,
    epoch,
    on,
    rows: targets.data.length,
    loss,
    metrics: metricsFor(target.task, classesOf(target)).map(({ name, label }) => ({
      name,
      label,
      value: metrics[name] ?? NaN
    })),
    confusion: target.task === 'regression' ? null : confusionOf(target.classes, targets, outputs),
    scatter: target.task === 'regression' ? scatterOf(target, targets, outputs) : null
  }
}

function classesOf(target: TargetPreparation): number {
  return target.task === 'regression' ? 1 : target.classes.length
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

function confusionOf(classes: readonly string[], targets: Tensor, outputs: Tensor): EvaluationView['confusion'] {
  const counts = classes.map(() => classes.map(() => 0))
  predictedClasses(outputs).forEach((predicted, row) => {
    const ofActual = counts[targets.data[row] ?? -1]
    if (ofActual?.[predicted] !== undefined) ofActual[predicted]++
  })
  return { classes, counts }
}

function scatterOf(
  { mean, scale }: { mean: number; scale: number },
  targets: Tensor,
  outputs: Tensor
): EvaluationView['scatter'] {
  const rows = targets.data.length
  const points = Math.min(rows, MAX_SCATTER_POINTS)
  const chosen = Array.from({ length: points }, (_, i) => Math.floor((i * rows) / points))
  const raw = (tensor: Tensor) => chosen.map((row) => mean + scale * (tensor.data[row] ?? NaN))
  return { actual: raw(targets), predicted: raw(outputs) }
}

function rowsOf({ shape: [rows = 0, columns = 0], data }: Tensor): number[][] {
  return Array.from({ length: rows }, (_, row) => [...data.subarray(row * columns, (row + 1) * columns)])
}
