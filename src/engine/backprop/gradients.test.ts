import { describe, expect, it } from 'vitest'
import { ReferenceProgram } from '../executors/reference/program'
import { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'
import { gradientCheck } from './gradient-check'
import { gradients } from './gradients'

function valuesOf(graph: GraphBuilder, nodes: readonly NodeId[], feeds: ReadonlyMap<string, Float64Array>): number[][] {
  const program = new ReferenceProgram(graph.graph, nodes)
  program.run(feeds)
  return nodes.map((node) => [...program.value(node)])
}

describe('gradients', () => {
  it('adds up what every use of a node passes back', () => {
    const graph = new GraphBuilder()
    const x = graph.input('x', [])
    // x² · x + x = x³ + x, derivative 3x² + 1
    const cube = graph.apply('multiply', [graph.apply('square', [x]), x])
    const loss = graph.apply('add', [cube, x])
    expect(valuesOf(graph, gradients(graph, loss, [x]), new Map([['x', Float64Array.of(2)]]))).toEqual([[13]])
  })

  it('is zeros, in its shape, for what the loss does not depend on', () => {
    const graph = new GraphBuilder()
    const x = graph.input('x', [])
    const other = graph.input('other', [2, 3])
    const [gradient = -1] = gradients(graph, graph.apply('square', [x]), [other])
    expect(graph.shapeOf(gradient)).toEqual([2, 3])
    expect(valuesOf(graph, [gradient], new Map())).toEqual([[0, 0, 0, 0, 0, 0]])
  })

  it('computes nothing for inputs that need no gradient', () => {
    const graph = new GraphBuilder()
    const x = graph.input('x', [1, 2])
    const weight = graph.parameter('w', [1, 2])
    const z = graph.apply('matmul', [x, weight], { transposeA: false, transposeB: true })
    const loss = graph.apply('sum', [z], { axes: [0, 1], keepDims: false })
    const forward = graph.nodes.length
    gradients(graph, loss, [weight])
    const products = graph.nodes.slice(forward).filter((node) => node.op === 'matmul')
    expect(products).toHaveLength(1)
  })

  it('puts gradient nodes in the layer of their forward node', () => {
    const graph = new GraphBuilder()
    const x = graph.input('x', [])
    const hidden = graph.within('dense1', () => graph.apply('tanh', [x]))
    const loss = graph.within('loss', () => graph.apply('square', [hidden]))
    const forward = graph.nodes.length
    gradients(graph, loss, [x])
    expect(new Set(graph.nodes.slice(forward).map((node) => node.scope))).toEqual(new Set(['loss', 'dense1']))
  })

  it('needs a scalar', () => {
    const graph = new GraphBuilder()
    const x = graph.input('x', [2])
    expect(() => gradients(graph, x, [x])).toThrow('The loss must be a scalar [], got [2]; take its mean.')
  })
})

describe('gradientCheck', () => {
  it('sees a gradient that is not the slope: relu at its kink', () => {
    const graph = new GraphBuilder()
    const x = graph.input('x', [2])
    const loss = graph.apply('sum', [graph.apply('relu', [x])], { axes: [0], keepDims: false })
    const check = gradientCheck(graph, loss, [x], new Map([['x', Float64Array.of(1, 0)]]))
    expect(check.relativeError).toBeCloseTo(1, 6)
    expect(check.worst).toMatchObject({ name: 'x', index: 1, analytic: 0 })
    expect(check.worst?.numeric).toBeCloseTo(0.5, 6)
  })

  it('reports NaN as the worst, and leaves the point as it was', () => {
    const graph = new GraphBuilder()
    const x = graph.input('x', [2])
    const loss = graph.apply('sum', [graph.apply('tanh', [x])], { axes: [0], keepDims: false })
    const point = Float64Array.of(NaN, 1)
    expect(gradientCheck(graph, loss, [x], new Map([['x', point]])).relativeError).toBeNaN()
    expect([...point]).toEqual([NaN, 1])
  })
})
