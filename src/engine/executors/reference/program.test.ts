import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../graph/builder'
import { ReferenceProgram } from './program'

function twoLayers() {
  const graph = new GraphBuilder()
  const x = graph.input('x', [2])
  const first = graph.within('dense1', () => graph.apply('exp', [x]))
  const second = graph.within('dense2', () => graph.apply('square', [first]))
  return { graph: graph.graph, x, first, second }
}

describe('ReferenceProgram', () => {
  it('gives every node of a run', () => {
    const { graph, x, first, second } = twoLayers()
    const program = new ReferenceProgram(graph)
    program.run(new Map([['x', Float64Array.of(0, Math.LN2)]]))
    expect([...program.value(x)]).toEqual([0, Math.LN2])
    expect([...program.value(first)]).toEqual([1, 2])
    expect(program.tensor(second)).toEqual({ shape: [2], data: Float64Array.of(1, 4) })
    program.run(new Map([['x', Float64Array.of(0, 0)]]))
    expect([...program.value(second)]).toEqual([1, 1])
  })

  it('computes only what is wanted', () => {
    const { graph, first, second } = twoLayers()
    const program = new ReferenceProgram(graph, [first])
    program.run(new Map([['x', Float64Array.of(1, 1)]]))
    expect(() => program.value(second)).toThrow('not computed')
  })

  it('names the layer of the first NaN or infinity', () => {
    const { graph } = twoLayers()
    const program = new ReferenceProgram(graph)
    program.run(new Map([['x', Float64Array.of(1, 1)]]))
    expect(program.firstNonFinite()).toBeNull()
    program.run(new Map([['x', Float64Array.of(1, 400)]]))
    expect(program.firstNonFinite()).toMatchObject({ op: 'square', scope: 'dense2' })
    program.run(new Map([['x', Float64Array.of(1, 1000)]]))
    expect(program.firstNonFinite()).toMatchObject({ op: 'exp', scope: 'dense1' })
  })

  it('refuses missing and wrong-sized feeds by name', () => {
    const program = new ReferenceProgram(twoLayers().graph)
    expect(() => program.run(new Map())).toThrow('The graph needs a value for "x" [2].')
    expect(() => program.run(new Map([['x', new Float64Array(3)]]))).toThrow('"x" must be [2], got 3 values.')
  })
})
