/** How each layer stands: its weights, their gradients and what it puts out, on some training rows. */
import { StudioError } from '../../shared/errors'
import { activations, type Activation } from '../activations'
import { firstWithoutKernel } from '../plan/lower'
import type { ExecutorName, TrainingProblem } from '../executors/training-executor'
import { ReferenceProgram, type Feeds } from '../executors/reference/program'
import { providedKernels } from '../executors/wasm/kernels'
import { WasmProgram } from '../executors/wasm/program'
import { describeModel } from '../model/describe'
import type { Parameters } from '../model/model'
import { INPUT, type LayerNode } from '../spec'
import type { LayerStatistics } from './events'
import { histogramOf, shareOf } from './histogram'
import { copyRows, rowSize } from './row-source'
import { fedTargets } from './samples'
import { stepScalars, TARGETS, watchedGraph, type WatchedGraph } from './step-graph'

/** Rows that are looked at; fewer where the network is large. */
const MOST_ROWS = 128
/** Multiply-adds forward over all of them: some milliseconds with the backward pass, so that a look can be had often. */
const MOST_WORK = 2 ** 26
/** Numbers that layers put out over all of them: some tens of megabytes. */
const MOST_NUMBERS = 2 ** 22
/** With fewer rows than these a unit is 0 for all of them too easily. Training takes as many at once, so there is room. */
const LEAST_ROWS = 16

type Program = WasmProgram | ReferenceProgram

/** A forward and a backward pass that was run. */
interface Pass {
  readonly program: Program
  /** By the name of each parameter. */
  readonly gradientNorms: ReadonlyMap<string, number>
  /** Mean |δ| by the name of each layer that has one. */
  readonly deltas: ReadonlyMap<string, number>
  readonly isFinite: boolean
}

/**
 * Looks at a training's layers again and again. Made once for a training, from its checked problem; then `look` at each
 * milestone:
 *
 *     #watch = options.watch === true ? watchOf(checked.problem, choice.name) : null   // the executor's name
 *     layers = isMilestone(epoch) ? this.#watch?.look(this.parameters, parametersBeforeTheLastStep) ?? null : null
 *
 * The rows are up to 128 training rows, spread evenly over all of them and the same at every look, as they stand: without
 * augmentation. One forward and one backward pass over them all tells every number.
 *
 * Layers act as in a step of training, since what is wanted to be known is how training goes: batch normalization by these
 * rows, so that the gradient is that which the weights before it are moved by, and not one that takes lagging running
 * statistics for constants; dropout with masks, which are the same at every look, so that two looks differ by the weights
 * alone.
 */
export class LayerWatch {
  /** Rows that are looked at. */
  readonly rows: number
  readonly #problem: TrainingProblem
  readonly #graph: WatchedGraph
  readonly #wanted: readonly number[]
  readonly #program: Program
  /** In float64, for weights whose numbers do not fit float32 on the way. */
  #exact: ReferenceProgram | null = null
  /** Input, targets and the number of the step: the same at every look. */
  readonly #given: ReadonlyMap<string, Float64Array>

  /**
   * @param executor what takes the steps; a network with a primitive without a kernel is looked at by the reference
   * @throws ConfigError `model-too-large` when there is no memory for it beside the training's own (`watchOf`)
   */
  constructor(problem: TrainingProblem, executor: ExecutorName = 'wasm') {
    this.#problem = problem
    this.rows = rowsToLookAt(problem)
    this.#graph = watchedGraph(problem, this.rows)
    const { graph, layers, gradients, deltas, loss } = this.#graph
    // A layer that passes the network's input on, as dropout of nothing does, has no node of its own.
    const outputs = problem.model.spec.layers
      .flatMap(({ name }) => layers.get(name) ?? [])
      .filter((id) => graph.nodes[id]?.op !== 'input')
    this.#wanted = [...new Set([...outputs, ...gradients.values(), ...deltas.values(), loss])]
    const kernels = executor === 'wasm' && firstWithoutKernel(graph) === null ? providedKernels() : null
    this.#program =
      kernels === null
        ? new ReferenceProgram(graph, this.#wanted)
        : new WasmProgram(kernels, graph, this.#wanted, { compiled: true })
    this.#given = givenTo(problem, this.rows)
  }

  get executor(): ExecutorName {
    return this.#program instanceof WasmProgram ? 'wasm' : 'reference'
  }

  /**
   * @param parameters with buffers, of now
   * @param before those before the last step; null where they are not known
   * @returns one entry for each layer, in their order
   */
  look(parameters: Parameters, before: Parameters | null): LayerStatistics[] {
    const { program, gradientNorms, deltas } = this.#run(parameters)
    const { model } = this.#problem
    const shapes = describeModel(model.spec).layers
    return model.spec.layers.map((layer, i) => {
      const node = this.#graph.layers.get(layer.name) ?? -1
      const isInput = this.#graph.graph.nodes[node]?.op === 'input'
      const output = isInput ? (this.#given.get(INPUT) ?? new Float64Array()) : program.value(node)
      return {
        layer: layer.name,
        weights: this.#weights(layer, gradientNorms, parameters, before),
        delta: deltas.get(layer.name) ?? null,
        activations: activationsOf(layer, output, this.rows, shapes[i]?.outputShape?.[0] ?? 1)
      }
    })
  }

  #run(parameters: Parameters): Pass {
    const feeds = new Map(this.#given)
    for (const [name, { data }] of parameters) feeds.set(name, data)
    const pass = this.#pass(this.#program, feeds)
    if (pass.isFinite || pass.program instanceof ReferenceProgram) return pass
    this.#exact ??= new ReferenceProgram(this.#graph.graph, this.#wanted)
    return this.#pass(this.#exact, feeds)
  }

  #pass(program: Program, feeds: Feeds): Pass {
    program.run(feeds)
    const { gradients, deltas: nodes, loss } = this.#graph
    const gradientNorms = new Map([...gradients].map(([name, id]) => [name, norm([program.value(id)])] as const))
    const deltas = new Map([...nodes].map(([name, id]) => [name, this.rows * meanSize(program.value(id))] as const))
    const isFinite = [program.value(loss)[0] ?? NaN, ...gradientNorms.values(), ...deltas.values()].every(
      Number.isFinite
    )
    return { program, gradientNorms, deltas, isFinite }
  }

  #weights(
    layer: LayerNode,
    gradientNorms: ReadonlyMap<string, number>,
    parameters: Parameters,
    before: Parameters | null
  ): LayerStatistics['weights'] {
    const names = this.#problem.model.parameters.filter((each) => each.layer === layer.name).map(({ name }) => name)
    if (names.length === 0) return null
    const valuesOf = (from: Parameters) => names.map((name) => from.get(name)?.data ?? new Float64Array())
    const now = valuesOf(parameters)
    const length = norm(now)
    return {
      histogram: histogramOf(joined(now)),
      norm: length,
      gradientNorm: Math.hypot(...names.map((name) => gradientNorms.get(name) ?? NaN)),
      updateRatio: before === null || length === 0 ? null : distance(now, valuesOf(before)) / length
    }
  }
}

/** A watch over a training's layers; null where there is no memory for it beside the training's own, which goes on without. */
export function watchOf(problem: TrainingProblem, executor: ExecutorName): LayerWatch | null {
  try {
    return new LayerWatch(problem, executor)
  } catch (error) {
    // A typed array that gets no memory throws a RangeError.
    if (error instanceof RangeError || (error instanceof StudioError && error.code === 'model-too-large')) return null
    throw error
  }
}

function activationsOf(
  layer: LayerNode,
  output: Float64Array,
  rows: number,
  units: number
): LayerStatistics['activations'] {
  const activation = activationOf(layer)
  return {
    histogram: histogramOf(output),
    dead: activation?.dies === true ? deadShare(output, rows, units) : null,
    saturated: activation?.isFlat === undefined ? null : shareOf(output, activation.isFlat)
  }
}

/** The activation that a layer ends with, by a setting of its own or as a layer of its own; undefined where it has none. */
export function activationOf({ config }: LayerNode): Activation | undefined {
  return activations.find(({ name }) => name === config['activation'])
}

/** Share of the units whose numbers are all exactly 0. @param values [rows, units, …]: a channel is one unit */
function deadShare(values: Float64Array, rows: number, units: number): number {
  const places = values.length / (rows * units)
  const alive = new Uint8Array(units)
  let count = 0
  for (let row = 0; row < rows && count < units; row++) {
    for (let unit = 0; unit < units; unit++) {
      if (alive[unit] === 1) continue
      const from = (row * units + unit) * places
      for (let i = from; i < from + places; i++) {
        if (values[i] === 0) continue
        alive[unit] = 1
        count++
        break
      }
    }
  }
  return 1 - count / units
}

/** Rows that are looked at: as many as are little work. @param most multiply-adds forward over all of them */
export function rowsToLookAt({ model, batchSize, training }: TrainingProblem, most = MOST_WORK): number {
  const layers = describeModel(model.spec).layers
  const total = (of: (layer: (typeof layers)[number]) => number) => layers.reduce((sum, layer) => sum + of(layer), 0)
  const byWork =
    most /
    Math.max(
      1,
      total(({ multiplyAdds }) => multiplyAdds)
    )
  const bySize =
    MOST_NUMBERS /
    Math.max(
      1,
      total(({ activations }) => activations)
    )
  const least = Math.min(LEAST_ROWS, batchSize)
  const wanted = Math.max(least, Math.floor(Math.min(MOST_ROWS, byWork, bySize)))
  return Math.min(wanted, training.targets.shape[0] ?? 0)
}

/** What the graph is fed besides parameters: rows spread evenly over the training rows, and the number of the first step. */
export function givenTo(problem: TrainingProblem, count: number): ReadonlyMap<string, Float64Array> {
  const { training, optimizer, config } = problem
  const { features } = training
  const targets = fedTargets(training, problem.rowWeights === true)
  const [all = 0, width = 1] = targets.shape
  const chosen = Int32Array.from({ length: count }, (_, i) => Math.floor((i * all) / count))
  const input = new Float64Array(count * rowSize(features))
  copyRows(features, chosen, input, 0, null)
  const answers = new Float64Array(count * width)
  chosen.forEach((row, i) => answers.set(targets.data.subarray(row * width, (row + 1) * width), i * width))
  const scalars = stepScalars(optimizer, config, 1).map(
    ({ source, value }) => [source, Float64Array.of(value)] as const
  )
  return new Map([...scalars, [INPUT, input], [TARGETS, answers]])
}

/** Mean of |v|. */
export function meanSize(values: Float64Array): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += Math.abs(values[i] ?? NaN)
  return sum / values.length
}

/** ‖v‖₂ over all numbers of some tensors. */
function norm(tensors: readonly Float64Array[]): number {
  let sum = 0
  for (const values of tensors) {
    // By number: twice as fast as an iterator, and weights may be many.
    for (let i = 0; i < values.length; i++) {
      const value = values[i] ?? NaN
      sum += value * value
    }
  }
  return Math.sqrt(sum)
}

/** ‖a − b‖₂ */
function distance(a: readonly Float64Array[], b: readonly Float64Array[]): number {
  let sum = 0
  for (const [i, values] of a.entries()) {
    const others = b[i] ?? new Float64Array()
    for (let j = 0; j < values.length; j++) {
      const moved = (values[j] ?? NaN) - (others[j] ?? NaN)
      sum += moved * moved
    }
  }
  return Math.sqrt(sum)
}

function joined(tensors: readonly Float64Array[]): Float64Array {
  const [first] = tensors
  if (tensors.length === 1 && first !== undefined) return first
  const all = new Float64Array(tensors.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const values of tensors) {
    all.set(values, at)
    at += values.length
  }
  return all
}
