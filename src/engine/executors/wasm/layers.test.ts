/** Every layer by the kernels, forward and backward, against the reference: a new layer is tested here unasked. */
import { describe, expect, it } from 'vitest'
import { allKernels } from '../../../../tests/kernels'
import { gradients } from '../../backprop/gradients'
import { parseConfig } from '../../fields'
import { GraphBuilder } from '../../graph/builder'
import type { NodeId } from '../../graph/graph'
import { layerSpecs, type LayerCase, type LayerSpec } from '../../layers'
import { RandomStream } from '../../random/stream'
import type { Shape } from '../../spec'
import { drawFor } from '../../testing'
import { ReferenceProgram } from '../reference/program'
import { WasmProgram } from './program'

/** Relative to the largest number of a tensor: divisions by deviations enlarge roundings of float32. */
const TOLERANCE = 2e-5

const entries = layerSpecs.flatMap((layer) =>
  layer.cases.flatMap((layerCase) =>
    [3, 17].map((rows) => ({
      layer,
      layerCase,
      rows,
      title: `${layer.type} ${JSON.stringify(layerCase)}, ${rows} rows`
    }))
  )
)

/** The layer in a step: its output, gradients by inputs and parameters, and what buffers become. */
function step(layer: LayerSpec, { inputs: shapes, config: given, draw = {} }: LayerCase, rows: number) {
  const config = parseConfig(layer.type, layer.fields, given)
  const graph = new GraphBuilder()
  const random = new RandomStream(7, 'layers')
  const feeds = new Map<string, Float64Array>()
  const source = (kind: 'input' | 'parameter' | 'buffer', name: string, shape: Shape, range?: [number, number]) => {
    const drawn = kind === 'input' ? draw : range === undefined ? {} : { range }
    feeds.set(name, drawFor(random, shape, drawn).map(Math.fround))
    return graph[kind](name, shape)
  }
  const low = graph.input('low', [])
  const high = graph.input('high', [])
  feeds.set('low', Float64Array.of(12)).set('high', Float64Array.of(1))
  const inputs = shapes.map((shape, i) => source('input', `x${i}`, [rows, ...shape]))
  const named = (nodes: ReadonlyMap<string, NodeId>) => (name: string) => nodes.get(name) ?? -1
  const parameters = new Map(
    layer.parameters(shapes, config).map(({ name, shape }) => [name, source('parameter', name, shape)])
  )
  const buffers = new Map(
    (layer.buffers?.(shapes, config) ?? []).map(({ name, shape }) => [name, source('buffer', name, shape, [0.5, 2])])
  )
  const updates: NodeId[] = []
  const context = {
    graph,
    parameter: named(parameters),
    buffer: named(buffers),
    training: true,
    updateBuffer: (_name: string, node: NodeId) => void updates.push(node),
    preActivation: () => undefined,
    keepMask: (shape: Shape, probability: number) =>
      graph.apply('keepMask', [low, high], { shape, probability, key: [3, 4] })
  }
  const output = layer.build(context, inputs, config)
  const shape = graph.shapeOf(output)
  const weights = graph.constant(shape, drawFor(random, shape).map(Math.fround))
  const axes = shape.map((_, axis) => axis)
  const loss = graph.apply('sum', [graph.apply('multiply', [output, weights])], { axes, keepDims: false })
  const wrt = draw.integersBelow === undefined ? inputs : []
  const results = [output, ...gradients(graph, loss, [...wrt, ...parameters.values()]), ...updates]
  return { graph: graph.graph, feeds, results }
}

describe.each(allKernels.map((kernels) => ({ kernels, build: kernels.build })))('$build kernels', ({ kernels }) => {
  it.each(entries)('$title', ({ layer, layerCase, rows }) => {
    const { graph, feeds, results } = step(layer, layerCase, rows)
    const [wasm, reference] = [new WasmProgram(kernels, graph, results), new ReferenceProgram(graph, results)]
    wasm.run(feeds)
    reference.run(feeds)
    // Gradients that cancel leave nothing but rounding: they count beside the others.
    const largestOf = (values: Float64Array) => values.reduce((max, value) => Math.max(max, Math.abs(value)), 0)
    const largest = Math.max(...results.map((id) => largestOf(reference.value(id))))
    results.forEach((id, i) => {
      const expected = reference.value(id)
      const worst = wasm.value(id).reduce((max, value, j) => Math.max(max, Math.abs(value - (expected[j] ?? NaN))), 0)
      const scale = Math.max(largestOf(expected), 1e-2 * largest)
      expect(worst, `result ${i} of ${results.length}`).toBeLessThanOrEqual(TOLERANCE * scale)
    })
  })
})
