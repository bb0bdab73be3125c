/**
 * A network on many rows, in slices: in float32 by the wasm kernels where every primitive has one, else in float64 by the
 * reference. Where float32 ends (a NaN, an infinity), float64 decides: those rows are computed again by the reference.
 */
import type { Graph, NodeId } from '../graph/graph'
import type { LossSettings } from '../losses'
import { describeModel } from '../model/describe'
import { inferenceGraph, linkGraph, LOGITS } from '../model/inference'
import type { Model, Parameters } from '../model/model'
import { firstWithoutKernel } from '../plan/lower'
import { INPUT } from '../spec'
import type { Tensor } from '../tensor/tensor'
import { rowsFrom, type Features } from '../train/row-source'
import { forwardGraph, TARGETS, type ForwardProblem } from '../train/step-graph'
import { programShares, sumOf, withinMemory, type MemoryShares } from './reference/memory'
import { ReferenceProgram } from './reference/program'
import type { ExecutorName } from './training-executor'
import { providedKernels, type Kernels } from './wasm/kernels'
import { WasmProgram } from './wasm/program'

/** A network that is asked; with the settings of its loss, one that is judged too. */
export interface AskedNetwork extends Omit<ForwardProblem, 'lossSettings'> {
  readonly lossSettings?: LossSettings
}

/** Some rows, computed. */
export interface Slice {
  /** Number of its first row. */
  readonly start: number
  readonly rows: number
  /** After the link [rows, K], row-major. */
  readonly outputs: Float64Array
  /** Mean over its rows; NaN for a network that is not judged. */
  readonly loss: number
  /** The scope of the first NaN or infinity, where the loss is none; else null. */
  readonly nonFiniteScope: string | null
}

/** What computes a number of rows. */
interface RowsProgram {
  /** As far as the network's raw output. */
  readonly program: WasmProgram | ReferenceProgram
  readonly logits: NodeId
  /** Null where nobody asks for it. */
  readonly loss: NodeId | null
  /**
   * In float64 always: next to 1, float32 knows no probabilities but multiples of 6e-8, which metrics would take for
   * certainty.
   */
  readonly link: { readonly program: ReferenceProgram; readonly output: NodeId }
}

/** Work of a slice, some ten milliseconds: longer ones gain nothing, and hold up whoever waits for a turn. */
const WORK_AT_ONCE: Readonly<Record<ExecutorName, number>> = { wasm: 2e8, reference: 2e6 }
/** Work that an activation comes to besides its multiply-adds. It bounds the memory of intermediate values too. */
const WORK_OF_AN_ACTIVATION = 10
const MAX_ROWS_AT_ONCE = 1024

export class ForwardPass {
  readonly #network: AskedNetwork
  /** Null: the reference computes. */
  readonly #kernels: Kernels | null
  readonly #programs = new Map<number, RowsProgram>()
  #reference: ForwardPass | null = null

  /** @param wanted the reference where everything must be float64 */
  constructor(network: AskedNetwork, wanted: ExecutorName = 'wasm') {
    this.#network = network
    const kernels = wanted === 'wasm' ? providedKernels() : null
    this.#kernels = firstWithoutKernel(this.#graphOf(1).graph) === null ? kernels : null
  }

  get executor(): ExecutorName {
    return this.#kernels === null ? 'reference' : 'wasm'
  }

  /**
   * All rows, in order. Rows, parameters and targets must have been checked.
   * @param features [N, …inputShape] @param targets what `fedTargets` gives, where the network is judged
   */
  *slices(parameters: Parameters, features: Features, targets?: Tensor): Generator<Slice, void> {
    const [rows = 0] = features.shape
    const size = sliceRows(this.#network.model, this.executor, rows)
    const weights = [...parameters].map(([name, { data }]) => [name, data] as const)
    const fed = new Set<RowsProgram>()
    for (let start = 0; start < rows; start += size) {
      const count = Math.min(size, rows - start)
      const input = rowsFrom(features, start, count)
      const answers = targets === undefined ? undefined : rowsFrom(targets, start, count)
      const computed = this.#programFor(count)
      // The kernels keep what they were fed; the reference reads it in place.
      const feeds = new Map<string, Float64Array>(this.#kernels !== null && fed.has(computed) ? [] : weights)
      fed.add(computed)
      feeds.set(INPUT, input.data)
      if (answers !== undefined) feeds.set(TARGETS, answers.data)
      computed.program.run(feeds)
      if (this.#kernels === null || allFinite(computed)) yield sliceOf(computed, start, count)
      else {
        const exact = this.#exactly.slices(parameters, input, answers)
        for (const part of exact) yield { ...part, start: start + part.start }
      }
    }
  }

  /** What the reference takes of the memory for so many rows, its outputs apart. */
  memoryShares(rows: number): MemoryShares {
    if (rows === 0) return new Map()
    const size = sliceRows(this.#network.model, this.executor, rows)
    const sizes = new Set([size, rows % size].filter((each) => each > 0))
    return sumOf(
      [...sizes].map((each) => {
        const { graph, logits, loss } = this.#graphOf(each)
        return programShares(graph, wantedOf(logits, loss))
      })
    )
  }

  /** The same by the reference. */
  get #exactly(): ForwardPass {
    return (this.#reference ??= new ForwardPass(this.#network, 'reference'))
  }

  #graphOf(rows: number): { graph: Graph; logits: NodeId; loss: NodeId | null } {
    const { model, loss, task, lossSettings, rowWeights = false } = this.#network
    if (lossSettings === undefined) return { ...inferenceGraph(model, loss, task, rows), loss: null }
    return forwardGraph({ model, loss, task, lossSettings, rowWeights }, rows)
  }

  /** Made at its first use: a pass has at most two sizes. */
  #programFor(rows: number): RowsProgram {
    const kept = this.#programs.get(rows)
    if (kept !== undefined) return kept
    const { graph, logits, loss } = this.#graphOf(rows)
    const wanted = wantedOf(logits, loss)
    const program =
      this.#kernels === null
        ? withinMemory(
            () => this.memoryShares(rows),
            () => new ReferenceProgram(graph, wanted)
          )
        : new WasmProgram(this.#kernels, graph, wanted, { compiled: true })
    const { model, loss: name, task } = this.#network
    const link = linkGraph(model, name, task, rows)
    const made = {
      ...{ program, logits, loss },
      link: { program: new ReferenceProgram(link.graph, [link.output]), output: link.output }
    }
    this.#programs.set(rows, made)
    return made
  }
}

function wantedOf(logits: NodeId, loss: NodeId | null): NodeId[] {
  return loss === null ? [logits] : [logits, loss]
}

/** Of each model, so that judging a few rows after a few rows does not describe it each time. */
const works = new WeakMap<Model, number>()

function workOfRow(model: Model): number {
  const known = works.get(model)
  if (known !== undefined) return known
  const work = describeModel(model.spec).layers.reduce(
    (sum, { multiplyAdds, activations }) => sum + multiplyAdds + WORK_OF_AN_ACTIVATION * activations,
    0
  )
  works.set(model, work)
  return work
}

/** Rows of a slice out of so many: slices are of one size, but for a smaller last one. */
export function sliceRows(model: Model, executor: ExecutorName, rows: number): number {
  const work = workOfRow(model)
  const most = Math.max(1, Math.min(MAX_ROWS_AT_ONCE, Math.floor(WORK_AT_ONCE[executor] / Math.max(1, work))))
  return Math.max(1, Math.ceil(rows / Math.ceil(Math.max(1, rows) / most)))
}

function sliceOf({ program, logits, loss, link }: RowsProgram, start: number, rows: number): Slice {
  link.program.run(new Map([[LOGITS, program.value(logits)]]))
  const outputs = link.program.value(link.output).slice()
  if (loss === null) return { start, rows, outputs, loss: NaN, nonFiniteScope: null }
  const mean = program.value(loss)[0] ?? NaN
  const isBad = !Number.isFinite(mean) && program instanceof ReferenceProgram
  return { start, rows, outputs, loss: mean, nonFiniteScope: isBad ? (program.firstNonFinite()?.scope ?? null) : null }
}

function allFinite({ program, logits, loss }: RowsProgram): boolean {
  return [logits, ...(loss === null ? [] : [loss])].every((id) => program.value(id).every(Number.isFinite))
}
