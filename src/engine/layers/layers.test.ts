/** Contract of every layer: a new one is tested here without touching this file. */
import { describe, expect, it } from 'vitest'
import { gradientCheck } from '../backprop/gradient-check'
import { parseConfig } from '../fields'
import { GraphBuilder } from '../graph/builder'
import { initializers } from '../initializers'
import { RandomStream } from '../random/stream'
import { drawFor, throughJson } from '../testing'
import { layerSpecs, type LayerCase, type LayerSpec } from '.'

const ROWS = 3
/** As in the contract of primitives. */
const GRADIENT_TOLERANCE = 1e-6

const entries = layerSpecs.flatMap((layer) =>
  layer.cases.map((layerCase) => ({ layer, layerCase, title: `${layer.type} ${JSON.stringify(layerCase)}` }))
)

function built(layer: LayerSpec, { inputs: shapes, config: given }: LayerCase) {
  const config = parseConfig(layer.type, layer.fields, given)
  const graph = new GraphBuilder()
  const random = new RandomStream(5, 'layers')
  const feeds = new Map<string, Float64Array>()
  const inputs = shapes.map((shape, i) => {
    feeds.set(`x${i}`, drawFor(random, [ROWS, ...shape]))
    return graph.input(`x${i}`, [ROWS, ...shape])
  })
  const parameters = new Map(
    layer.parameters(shapes, config).map(({ name, shape }) => {
      feeds.set(name, drawFor(random, shape))
      return [name, graph.parameter(name, shape)]
    })
  )
  const parameter = (name: string) => {
    const id = parameters.get(name)
    if (id === undefined) throw new Error(`undeclared parameter ${name}`)
    return id
  }
  const output = layer.build({ graph, parameter }, inputs, config)
  return { graph, feeds, inputs, parameters, output, config }
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
  it('has the shape it infers, whatever the batch', () => {
    const { graph, output, config } = built(layer, layerCase)
    expect(graph.shapeOf(output)).toEqual([ROWS, ...layer.inferShape(layerCase.inputs, config)])
  })

  it('uses every parameter it declares, drawn by a known initializer', () => {
    const { graph, parameters, config } = built(layer, layerCase)
    const used = new Set(graph.nodes.flatMap((node) => node.inputs))
    for (const [name, id] of parameters) expect(used.has(id), name).toBe(true)
    for (const { initializer } of layer.parameters(layerCase.inputs, config)) {
      expect(initializers.map(({ name }) => name)).toContain(initializer)
    }
  })

  it('is the same after a round trip through JSON', () => {
    const again: LayerCase = { inputs: layerCase.inputs, config: throughJson(layerCase.config) }
    expect(built(layer, again).graph.graph).toEqual(built(layer, layerCase).graph.graph)
  })

  it('has the gradients that central differences see, by parameters and inputs', () => {
    const { graph, feeds, inputs, parameters, output } = built(layer, layerCase)
    const shape = graph.shapeOf(output)
    const weighted = graph.apply('multiply', [
      output,
      graph.constant(shape, drawFor(new RandomStream(6, 'layers'), shape))
    ])
    const loss = graph.apply('sum', [weighted], { axes: shape.map((_, axis) => axis), keepDims: false })
    const check = gradientCheck(graph, loss, [...inputs, ...parameters.values()], feeds)
    expect(check.relativeError, JSON.stringify(check.worst)).toBeLessThanOrEqual(GRADIENT_TOLERANCE)
  })
})
