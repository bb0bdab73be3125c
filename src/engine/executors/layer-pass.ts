/** What every layer of a network makes of one row: in float32 by the wasm kernels where they can, else by the reference. */
import { GraphBuilder } from '../graph/builder'
import type { Graph, NodeId } from '../graph/graph'
import type { LossName } from '../losses'
import { linkGraph, LOGITS } from '../model/inference'
import { buildLayers, type Model, type Parameters } from '../model/model'
import { firstWithoutKernel } from '../plan/lower'
import { INPUT, type Shape, type Task } from '../spec'
import { ReferenceProgram } from './reference/program'
import type { ExecutorName } from './training-executor'
import { providedKernels } from './wasm/kernels'
import { WasmProgram } from './wasm/program'

/** A layer's output for one row. */
export interface LayerOutput {
  readonly layer: string
  /** Of the row, without the batch. */
  readonly shape: Shape
  /** Row-major. */
  readonly values: Float64Array
}

export class LayerPass {
  readonly #graph: Graph
  readonly #nodes: readonly (readonly [layer: string, node: NodeId])[]
  readonly #logits: NodeId
  readonly #program: WasmProgram | ReferenceProgram
  readonly #link: { readonly program: ReferenceProgram; readonly output: NodeId }

  /** @param wanted the reference where everything must be float64 */
  constructor(model: Model, loss: LossName, task: Task, wanted: ExecutorName = 'wasm') {
    const graph = new GraphBuilder()
    const nodes = buildLayers(graph, model, graph.input(INPUT, [1, ...model.spec.inputShape]))
    this.#graph = graph.graph
    this.#nodes = model.spec.layers.map(({ name }) => [name, nodes.get(name) ?? NaN])
    this.#logits = nodes.get(model.spec.output) ?? NaN
    const kernels = wanted === 'wasm' && firstWithoutKernel(this.#graph) === null ? providedKernels() : null
    // What passes its input on, as dropout does here, has no node of its own.
    const asked = [...new Set(this.#nodes.map(([, node]) => node))].filter((node) => this.#isComputed(node))
    this.#program =
      kernels === null
        ? new ReferenceProgram(this.#graph, asked)
        : new WasmProgram(kernels, this.#graph, asked, { compiled: true })
    const link = linkGraph(model, loss, task, 1)
    this.#link = { program: new ReferenceProgram(link.graph, [link.output]), output: link.output }
  }

  /**
   * @param row […inputShape] @param parameters those of the model
   * @returns each layer's output, in the order of the layers, and what the network answers, after the link [K]
   */
  run(parameters: Parameters, row: Float64Array): { layers: readonly LayerOutput[]; answer: Float64Array } {
    const feeds = new Map([...parameters].map(([name, { data }]) => [name, data] as const))
    this.#program.run(feeds.set(INPUT, row))
    const valueOf = (node: NodeId) => (this.#isComputed(node) ? this.#program.value(node) : row).slice()
    this.#link.program.run(new Map([[LOGITS, valueOf(this.#logits)]]))
    const layers = this.#nodes.map(([layer, node]) => ({
      layer,
      shape: this.#graph.nodes[node]?.shape.slice(1) ?? [],
      values: valueOf(node)
    }))
    return { layers, answer: this.#link.program.value(this.#link.output).slice() }
  }

  #isComputed(node: NodeId): boolean {
    return this.#graph.nodes[node]?.op !== 'input'
  }
}
