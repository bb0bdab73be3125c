/** How much of the error reaches each layer of a network: the backward pass over some training rows, in float64. */
import { ReferenceProgram } from '../../executors/reference/program'
import type { NodeId } from '../../graph/graph'
import { describeModel } from '../../model/describe'
import type { Parameters } from '../../model/model'
import type { LayerNode } from '../../spec'
import { sizeOf, type Tensor } from '../../tensor/tensor'
import { activationOf, givenTo, meanSize, rowsToLookAt } from '../../train/layer-statistics'
import { MetricGatherer, type Metrics } from '../../train/metric-gatherer'
import { checkOptions, type TrainOptions } from '../../train/options'
import { explainedStep, TARGETS, type ExplainedStep } from '../../train/step-graph'

/** Multiply-adds forward over all rows: well under a second in float64 with the way back. */
const MOST_WORK = 2 ** 24

/** Of a layer with more units than these, so many are told one by one. */
const MOST_UNITS = 6

/** What of the error reaches a unit. */
export interface UnitFlow {
  /** From 0. */
  readonly unit: number
  readonly delta: number
}

/** What of the error reaches a layer. */
export interface LayerFlow {
  readonly layer: string
  readonly type: string
  /** Where it takes its input from: layers before it, or `input`. */
  readonly inputs: readonly string[]
  /** Of y = f(z); null for layers without one. */
  readonly activation: string | null
  /** Whether it has weights to learn. */
  readonly trained: boolean
  /**
   * Mean of |δ| over rows and units, δ = ∂E/∂z of a row's own error (N times its share in the mean of N rows); ∂E/∂y for
   * layers without an activation.
   */
  readonly delta: number
  /** Of its output; a channel is one unit. */
  readonly units: number
  /** Mean of |δ| of single units over rows and places: of all of them, or of the first ones and the last ones. */
  readonly shownUnits: readonly UnitFlow[]
  /** ‖∂E/∂w‖₂ of its trained numbers, E the mean over the rows, without penalties on weights; null where it has none. */
  readonly gradientNorm: number | null
}

/** A network looked at once. */
export interface FlowMoment {
  /** E: mean over the rows, without penalties. */
  readonly loss: number
  /** Of those rows. */
  readonly metrics: Metrics
  /** In the order of the network. */
  readonly layers: readonly LayerFlow[]
}

/**
 * Looks at the way back of a network again and again. The rows are up to 128 training rows, spread evenly over all of them and
 * the same at every look, and layers act as in a step of training: as `LayerWatch`, whose norms are these, in float32.
 */
export class FlowLook {
  /** Rows that are looked at. */
  readonly rows: number
  readonly #layers: readonly LayerNode[]
  readonly #units: readonly number[]
  readonly #step: ExplainedStep
  readonly #program: ReferenceProgram
  readonly #given: ReadonlyMap<string, Float64Array>
  readonly #targets: Tensor
  readonly #metrics: () => MetricGatherer

  /** @throws as `createTraining` when the options do not fit together */
  constructor(options: TrainOptions) {
    const { problem } = checkOptions(options)
    this.#layers = problem.model.spec.layers
    this.#units = describeModel(problem.model.spec).layers.map(({ outputShape }) => outputShape?.[0] ?? 1)
    this.rows = rowsToLookAt(problem, MOST_WORK)
    const step = explainedStep(problem, this.rows, { asTraining: true, of: ['layers', 'preActivations'] })
    this.#step = step
    const deltas = this.#layers.map(({ name }) => this.#deltaOf(name))
    const norms = step.updates.map(({ gradient }) => gradient)
    this.#program = new ReferenceProgram(step.graph, [...new Set([step.loss, step.output, ...deltas, ...norms])])
    this.#given = givenTo(problem, this.rows)
    this.#targets = this.#answers(problem.training.targets)
    this.#metrics = () => new MetricGatherer(options.task, this.#targets, options.targetScale)
  }

  /** @param parameters with buffers */
  look(parameters: Parameters): FlowMoment {
    const feeds = new Map(this.#given)
    for (const [name, { data }] of parameters) feeds.set(name, data)
    const { graph, loss, output, updates } = this.#step
    const program = this.#program
    program.run(feeds)
    const metrics = this.#metrics()
    metrics.add({ shape: graph.nodes[output]?.shape ?? [], data: program.value(output) }, this.#targets)
    return {
      loss: program.value(loss)[0] ?? NaN,
      metrics: metrics.values(),
      layers: this.#layers.map((node, place) => {
        const units = this.#units[place] ?? 1
        const deltas = program.value(this.#deltaOf(node.name))
        const own = updates.filter(({ name }) => name.startsWith(`${node.name}.`))
        return {
          layer: node.name,
          type: node.type,
          inputs: node.inputs,
          activation: activationOf(node)?.name ?? null,
          trained: own.length > 0,
          delta: this.rows * meanSize(deltas),
          units,
          shownUnits: shownUnits(units).map((unit) => ({
            unit,
            delta: this.rows * meanSizeOfUnit(deltas, this.rows, units, unit)
          })),
          gradientNorm:
            own.length === 0 ? null : Math.hypot(...own.map(({ gradient }) => norm(program.value(gradient))))
        }
      })
    }
  }

  /** The node of δ of all rows. */
  #deltaOf(layer: string): NodeId {
    const { preActivations, layers, gradients } = this.#step
    const node = gradients.get(preActivations.get(layer) ?? layers.get(layer) ?? -1)
    if (node === undefined) throw new Error(`Layer "${layer}" was not differentiated`)
    return node
  }

  /** What is wanted of the rows, without their weights [N, W]. */
  #answers({ shape: [, width = 1] }: Tensor): Tensor {
    const fed = this.#given.get(TARGETS) ?? new Float64Array()
    const shape = [this.rows, width]
    const columns = fed.length / this.rows
    if (columns === width) return { shape, data: fed }
    const data = Float64Array.from(
      { length: sizeOf(shape) },
      (_, i) => fed[Math.floor(i / width) * columns + (i % width)] ?? NaN
    )
    return { shape, data }
  }
}

function shownUnits(units: number): number[] {
  const [first, last] = units <= MOST_UNITS ? [units, 0] : [Math.ceil(MOST_UNITS / 2), Math.floor(MOST_UNITS / 2)]
  return [
    ...Array.from({ length: first }, (_, unit) => unit),
    ...Array.from({ length: last }, (_, i) => units - last + i)
  ]
}

/** @param values [rows, units, …] */
function meanSizeOfUnit(values: Float64Array, rows: number, units: number, unit: number): number {
  const places = values.length / (rows * units)
  let sum = 0
  for (let row = 0; row < rows; row++) {
    const from = (row * units + unit) * places
    sum += meanSize(values.subarray(from, from + places))
  }
  return sum / rows
}

/** ‖v‖₂ */
function norm(values: Float64Array): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN
    sum += value * value
  }
  return Math.sqrt(sum)
}
