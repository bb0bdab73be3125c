/**
 * The mean loss of given rows at any place θ₀ + Σ cₖ · dₖ, again and again: in float32 by the wasm kernels where every primitive
 * has one, else in float64 by the reference. It is the loss alone, without the penalties on weights that a training may add, and
 * by the network as it answers: nothing is masked, and normalisations take the running statistics.
 */
import { firstWithoutKernel } from '../../plan/lower'
import { sliceRows } from '../../executors/forward'
import { programShares, withinMemory } from '../../executors/reference/memory'
import { ReferenceProgram } from '../../executors/reference/program'
import type { ExecutorName } from '../../executors/training-executor'
import { providedKernels, type Kernels } from '../../executors/wasm/kernels'
import { WasmProgram } from '../../executors/wasm/program'
import type { Graph, NodeId } from '../../graph/graph'
import { lossFor, meanWeight } from '../../losses'
import { checkOutputs } from '../../model/inference'
import { checkParameters, type Parameters } from '../../model/model'
import { INPUT } from '../../spec'
import type { Tensor } from '../../tensor/tensor'
import { isRowSource, rowNumbers, rowSize, rowsFrom, type Features } from '../../train/row-source'
import { answersOf, checkSamples, fedTargets, hasWeights, type Samples } from '../../train/samples'
import { forwardGraph, TARGETS, type ForwardProblem } from '../../train/step-graph'
import type { Direction } from './plane'
import { directionSource, pointGraph, type PointGraph } from './point-graph'

/** A program for a number of rows. */
interface PointProgram {
  readonly points: PointGraph
  readonly run: WasmProgram | ReferenceProgram
  /** Whether it reads the rows, beside what was made of them. */
  readonly readsRows: boolean
  /** Computes the products that are the same at every place; null where there are none, and once all are there. */
  products: WasmProgram | ReferenceProgram | null
  /** The rows that it was fed last. */
  rows: Rows | null
}

/** Rows that are computed at once. */
interface Rows {
  readonly start: number
  readonly count: number
  /** What they count in the mean. */
  readonly weight: number
  /** All that belongs to them; null before they are first computed. Those of the reference hold the weights too. */
  feeds: Map<string, Float64Array> | null
}

export class PointLoss {
  readonly #problem: ForwardProblem
  readonly #features: Features
  /** With the weights of the rows behind them, where they have some. */
  readonly #targets: Tensor
  readonly #origin: Parameters
  readonly #directions: readonly Direction[]
  /** Null: the reference computes. */
  readonly #kernels: Kernels | null
  readonly #programs = new Map<number, PointProgram>()
  readonly #slices: readonly Rows[]
  /** θ₀ and the directions by the names of their sources. */
  readonly #weights: ReadonlyMap<string, Float64Array>
  /** By the names of their sources; the arrays are fed in place. */
  readonly #coordinates: ReadonlyMap<string, Float64Array>
  /** Takes the rows that are made when asked for. */
  readonly #made: Float64Array

  /**
   * @param origin θ₀ @param directions dₖ @param executor the reference where everything must be float64
   * @throws ShapeError, ConfigError, NumericError as `evaluate`
   */
  constructor(
    problem: ForwardProblem,
    samples: Samples,
    origin: Parameters,
    directions: readonly Direction[],
    executor: ExecutorName = 'wasm'
  ) {
    const { model, loss, task, lossSettings } = problem
    const answers = answersOf(model, task)
    checkOutputs(model, loss, task, answers)
    checkParameters(model, origin)
    const count = checkSamples(model, task, answers, samples)
    const rowWeights = hasWeights(samples)
    this.#problem = { ...problem, rowWeights }
    this.#features = samples.features
    this.#targets = fedTargets(samples, rowWeights)
    this.#origin = origin
    this.#directions = directions
    const { graph, coordinates } = this.#pointsOf(1)
    this.#kernels = executor === 'wasm' && firstWithoutKernel(graph) === null ? providedKernels() : null
    const size = sliceRows(model, this.executor, count)
    this.#slices = Array.from({ length: Math.ceil(count / size) }, (_, i) => {
      const [start, rows] = [i * size, Math.min(size, count - i * size)]
      const targets = rowsFrom(samples.targets, start, rows)
      return { start, count: rows, weight: meanWeight(lossFor(loss, task), lossSettings, targets), feeds: null }
    })
    this.#weights = new Map([
      ...[...origin].map(([name, { data }]) => [name, data] as const),
      ...directions.flatMap((each, k) => [...each].map(([name, data]) => [directionSource(k, name), data] as const))
    ])
    this.#coordinates = new Map(coordinates.map((name) => [name, new Float64Array(1)] as const))
    this.#made = new Float64Array(isRowSource(samples.features) ? size * rowSize(samples.features) : 0)
  }

  get executor(): ExecutorName {
    return this.#kernels === null ? 'reference' : 'wasm'
  }

  /**
   * The loss at a place, in slices of some ten milliseconds: whoever pulls decides when to breathe. Where float32 ends, as
   * training would there, it is NaN or infinite. The first place takes a few times as long as the others.
   * @param coordinates cₖ, in the order of the directions
   * @throws ConfigError `model-too-large` when there is no memory for it
   */
  *at(coordinates: Float64Array): Generator<undefined, number> {
    let k = 0
    for (const scalar of this.#coordinates.values()) scalar[0] = coordinates[k++] ?? 0
    let sum = 0
    let weight = 0
    for (const rows of this.#slices) {
      if (rows.start > 0) yield
      sum += rows.weight * this.#lossOf(rows)
      weight += rows.weight
    }
    return sum / weight
  }

  #lossOf(rows: Rows): number {
    const program = this.#programFor(rows.count)
    const isFirst = rows.feeds === null
    const feeds = (rows.feeds ??= this.#feedsOf(rows, program))
    if (isFirst) this.#releaseProducts()
    const { run, points, readsRows } = program
    if (program.rows === rows && this.#kernels !== null) run.run(this.#coordinates)
    else {
      if (!isFirst && readsRows) this.#write(rows)
      // The kernels keep what they were fed; the reference reads it in place.
      run.run(program.rows === null ? new Map([...this.#weights, ...feeds]) : feeds)
    }
    program.rows = rows
    return run.value(points.loss)[0] ?? NaN
  }

  /** Rows, targets and products, and whatever else the program must be given each time. */
  #feedsOf(rows: Rows, { products, points }: PointProgram): Map<string, Float64Array> {
    const features = this.#features
    const feeds = new Map([
      ...(this.#kernels === null ? this.#weights : []),
      ...this.#coordinates,
      [TARGETS, rowsFrom(this.#targets, rows.start, rows.count).data] as const,
      [INPUT, isRowSource(features) ? this.#made : rowsFrom(features, rows.start, rows.count).data] as const
    ])
    this.#write(rows)
    if (products === null) return feeds
    const given = new Map([...feeds, ...this.#weights])
    products.run(given)
    for (const { node, origin } of points.products) feeds.set(origin, products.value(node).slice())
    this.#directions.forEach((direction, k) => {
      products.run(new Map([...given, ...direction]))
      for (const { node, moved } of points.products) {
        const source = moved.find((each) => each.direction === k)?.source
        if (source !== undefined) feeds.set(source, products.value(node).slice())
      }
    })
    return feeds
  }

  /** What computes them is not needed any more once they are there for all rows. */
  #releaseProducts(): void {
    if (this.#slices.some(({ feeds }) => feeds === null)) return
    for (const program of this.#programs.values()) program.products = null
  }

  /** Makes rows that are not held. */
  #write({ start, count }: Rows): void {
    const features = this.#features
    if (isRowSource(features)) features.write(rowNumbers(start, count), this.#made, 0, null)
  }

  /** Made at its first use: there are at most two sizes. */
  #programFor(rows: number): PointProgram {
    const kept = this.#programs.get(rows)
    if (kept !== undefined) return kept
    const points = this.#pointsOf(rows)
    const nodes = points.products.map(({ node }) => node)
    const made: PointProgram = {
      points,
      readsRows: points.graph.nodes.some(({ op, name }) => op === 'input' && name === INPUT),
      run: this.#program(points.graph, [points.loss]),
      products: nodes.length === 0 ? null : this.#program(forwardGraph(this.#problem, rows).graph, nodes),
      rows: null
    }
    this.#programs.set(rows, made)
    return made
  }

  #program(graph: Graph, wanted: readonly NodeId[]): WasmProgram | ReferenceProgram {
    if (this.#kernels !== null) return new WasmProgram(this.#kernels, graph, wanted, { compiled: true })
    return withinMemory(
      () => programShares(graph, wanted),
      () => new ReferenceProgram(graph, wanted)
    )
  }

  #pointsOf(rows: number): PointGraph {
    return pointGraph(forwardGraph(this.#problem, rows), this.#directions)
  }
}
