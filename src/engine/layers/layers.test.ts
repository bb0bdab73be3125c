/** Contract of every layer: a new one is tested here without touching this file. */
import { describe, expect, it } from 'vitest'
import { gradientCheck } from '../backprop/gradient-check'
import { parseConfig } from '../fields'
import { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'
import { initializers } from '../initializers'
import { RandomStream } from '../random/stream'
import type { Shape } from '../spec'
import { drawFor, throughJson } from '../testing'
import { layerSpecs, type LayerCase, type LayerSpec } from '.'

const ROWS = 3
/** As in the contract of primitives. */
const GRADIENT_TOLERANCE = 1e-6

const entries = layerSpecs.flatMap((layer) =>
  layer.cases.map((layerCase) => ({ layer, layerCase, title: `${layer.type} ${JSON.stringify(layerCase)}` }))
)

const passes = [
  ['while training', true],
  ['when it answers', false]
] as const

/** The layer on inputs drawn from a stream. Masks are constants, since a random draw has no derivative. */
function built(layer: LayerSpec, { inputs: shapes, config: given, draw = {} }: LayerCase, training = true) {
  const config = parseConfig(layer.type, layer.fields, given)
  const graph = new GraphBuilder()
  const random = new RandomStream(5, 'layers')
  const feeds = new Map<string, Float64Array>()
  const inputs = shapes.map((shape, i) => {
    feeds.set(`x${i}`, drawFor(random, [ROWS, ...shape], draw))
    return graph.input(`x${i}`, [ROWS, ...shape])
  })
  const parameters = new Map(
    layer.parameters(shapes, config).map(({ name, shape }) => {
      feeds.set(name, drawFor(random, shape))
      return [name, graph.parameter(name, shape)]
    })
  )
  const buffers = new Map(
    (layer.buffers?.(shapes, config) ?? []).map(({ name, shape }) => {
      // Variances are positive.
      feeds.set(name, drawFor(random, shape, { range: [0.5, 2] }))
      return [name, graph.buffer(name, shape)]
    })
  )
  const found = (nodes: ReadonlyMap<string, NodeId>) => (name: string) => {
    const id = nodes.get(name)
    if (id === undefined) throw new Error(`undeclared parameter or buffer ${name}`)
    return id
  }
  const updates = new Map<string, NodeId>()
  const context = {
    graph,
    parameter: found(parameters),
    buffer: found(buffers),
    training,
    updateBuffer: (name: string, value: NodeId) => void updates.set(name, value),
    preActivation: () => undefined,
    keepMask: (shape: Shape, probability: number) =>
      graph.constant(
        shape,
        drawFor(random, shape).map((value) => Number(value < 4 * probability - 2))
      )
  }
  const output = layer.build(context, inputs, config)
  return { graph, feeds, inputs, parameters, buffers, updates, output, config }
}

describe.each(layerSpecs)('$type', (layer) => {
  it('has cases, helpful fields and no type twice', () => {
    expect(layer.cases.length).toBeGreaterThan(0)
    expect(layerSpecs.filter(({ type }) => type === layer.type)).toHaveLength(1)
    for (const field of layer.fields) expect(field.help.length, field.key).toBeGreaterThan(20)
    expect(() => parseConfig(layer.type, layer.fields, {})).not.toThrow()
  })
})

describe.each(entries)('$title', ({ layer, layerCase }) => {
  it.each(passes)('has the shape it infers, whatever the batch, %s', (_pass, training) => {
    const { graph, output, config } = built(layer, layerCase, training)
    expect(graph.shapeOf(output)).toEqual([ROWS, ...layer.inferShape(layerCase.inputs, config)])
  })

  it('uses every parameter it declares, drawn by a known initializer', () => {
    const { graph, parameters, config } = built(layer, layerCase)
    const used = new Set(graph.nodes.flatMap((node) => node.inputs))
    for (const [name, id] of parameters) expect(used.has(id), name).toBe(true)
    const kept = [...layer.parameters(layerCase.inputs, config), ...(layer.buffers?.(layerCase.inputs, config) ?? [])]
    for (const { initializer } of kept) expect(initializers.map(({ name }) => name)).toContain(initializer)
  })

  it('updates every buffer it declares in a step, and reads it when it answers', () => {
    const step = built(layer, layerCase)
    expect([...step.updates.keys()].sort()).toEqual([...step.buffers.keys()].sort())
    for (const [name, id] of step.updates) {
      expect(step.graph.shapeOf(id)).toEqual(step.graph.shapeOf(step.buffers.get(name) ?? -1))
    }
    const answer = built(layer, layerCase, false)
    const used = new Set(answer.graph.nodes.flatMap((node) => node.inputs))
    for (const [name, id] of answer.buffers) expect(used.has(id), name).toBe(true)
    expect(answer.updates.size).toBe(0)
  })

  it('is the same after a round trip through JSON', () => {
    const again: LayerCase = { ...layerCase, config: throughJson(layerCase.config) }
    expect(built(layer, again).graph.graph).toEqual(built(layer, layerCase).graph.graph)
  })

  it.each(passes)('has the gradients that central differences see, by parameters and inputs, %s', (_pass, training) => {
    const { graph, feeds, inputs, parameters, output } = built(layer, layerCase, training)
    const shape = graph.shapeOf(output)
    const weighted = graph.apply('multiply', [
      output,
      graph.constant(shape, drawFor(new RandomStream(6, 'layers'), shape))
    ])
    const loss = graph.apply('sum', [weighted], { axes: shape.map((_, axis) => axis), keepDims: false })
    const wrt = layerCase.draw?.integersBelow === undefined ? inputs : []
    const check = gradientCheck(graph, loss, [...wrt, ...parameters.values()], feeds)
    expect(check.relativeError, JSON.stringify(check.worst)).toBeLessThanOrEqual(GRADIENT_TOLERANCE)
  })
})
