import { describe, expect, it } from 'vitest'
import { compileModel } from '../../model/model'
import { modelSpecOf } from '../../model/spec-of'
import { INPUT, type LayerNode } from '../../spec'
import { sizeOf } from '../../tensor/tensor'
import { denseNode, lossDefaults } from '../../testing'
import { forwardGraph, TARGETS } from '../../train/step-graph'
import { directionSource, pointGraph } from './point-graph'

const norm: LayerNode = { name: 'norm', type: 'layer-norm', inputs: [], config: {} }

/** The graph where those tensors move along the first direction, and those along the second. */
function graphOf(layers: readonly LayerNode[], features: number, moved: readonly [string[], string[]]) {
  const model = compileModel(modelSpecOf(layers, features, 'regression', 'squared', 1))
  const problem = { model, task: 'regression', loss: 'squared', lossSettings: lossDefaults('squared') } as const
  const directions = moved.map(
    (names) =>
      new Map(
        model.parameters
          .filter(({ name }) => names.includes(name))
          .map(({ name, shape }) => [name, new Float64Array(sizeOf(shape))] as const)
      )
  )
  const { graph, products, coordinates } = pointGraph(forwardGraph(problem, 10), directions)
  const sources = graph.nodes.filter(({ name }) => name !== '').map(({ name }) => name)
  return { sources: sources.filter((name) => !coordinates.includes(name)), products }
}

describe('pointGraph', () => {
  it('needs no rows where their products with all that moves are the same everywhere', () => {
    const { sources, products } = graphOf([denseNode('dense', 3)], 64, [
      ['dense.weight', 'output.weight'],
      ['dense.weight']
    ])
    const [product] = products
    expect(products).toHaveLength(1)
    expect(product?.moved.map(({ direction }) => direction)).toEqual([0, 1])
    const held = [product?.origin, ...(product?.moved.map(({ source }) => source) ?? [])]
    const rest = ['dense.bias', 'output.weight', directionSource(0, 'output.weight'), 'output.bias', TARGETS]
    expect([...sources].sort()).toEqual([...held, ...rest].sort())
  })

  it('computes what is narrow at each place', () => {
    const { sources, products } = graphOf([denseNode('dense', 3)], 63, [['dense.weight'], ['dense.weight']])
    expect(products).toEqual([])
    expect(sources).toContain(INPUT)
  })

  it('keeps products behind what stays, and none behind what moves', () => {
    const layers = [norm, denseNode('dense', 3)]
    const stays = graphOf(layers, 80, [['dense.weight'], ['output.weight']])
    expect(stays.products.map(({ moved }) => moved.length)).toEqual([1])
    expect(stays.sources).not.toContain(INPUT)
    const moves = graphOf(layers, 80, [['dense.weight'], ['norm.bias']])
    expect(moves.products).toEqual([])
    expect(moves.sources).toContain(INPUT)
  })
})
