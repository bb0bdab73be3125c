import { describe, expect, it } from 'vitest'
import { GraphBuilder } from './builder'

describe('GraphBuilder', () => {
  it('makes a graph of plain data', () => {
    const graph = new GraphBuilder()
    const x = graph.input('x', [2, 3])
    graph.within('dense1', () => graph.apply('affine', [x], { scale: 2, offset: 0 }))
    expect(JSON.parse(JSON.stringify(graph.graph.nodes))).toEqual([
      { id: 0, op: 'input', inputs: [], attributes: {}, shape: [2, 3], name: 'x', scope: '' },
      {
        id: 1,
        op: 'affine',
        inputs: [0],
        attributes: { scale: 2, offset: 0 },
        shape: [2, 3],
        name: '',
        scope: 'dense1'
      }
    ])
  })

  it('comes back to the outer scope, also after an error', () => {
    const graph = new GraphBuilder()
    const fail = () => {
      throw new Error('stop')
    }
    graph.within('outer', () => {
      expect(() => graph.within('inner', fail)).toThrow('stop')
      graph.input('x', [])
    })
    graph.input('y', [])
    expect(graph.nodes.map((node) => node.scope)).toEqual(['outer', ''])
  })

  it('keeps a graph taken before as it was', () => {
    const graph = new GraphBuilder()
    graph.input('x', [])
    const before = graph.graph
    graph.input('y', [])
    expect(before.nodes).toHaveLength(1)
  })

  it('refuses two sources of one name, unknown nodes and wrong constants', () => {
    const graph = new GraphBuilder()
    graph.input('x', [])
    expect(() => graph.parameter('x', [])).toThrow('"x"')
    expect(() => graph.apply('exp', [7])).toThrow('no node 7')
    expect(() => graph.constant([2], [1])).toThrow('[2] holds 2 values, got 1')
  })
})
