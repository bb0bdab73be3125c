import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { readGolden } from '../../../tests/golden'
import { networkEntries } from '../../../tests/golden-networks'
import { INPUT, type LayerNode } from '../spec'
import { denseNode } from '../testing'
import { describeModel } from './describe'
import { withEmbeddings, type EmbeddedInput } from './embedded-inputs'
import { compileModel, initializeParameters } from './model'
import { modelSpecOf } from './spec-of'

const golden = readGolden(
  'layers.json',
  v.object({ problems: v.array(v.object(networkEntries)), curves: v.array(v.object(networkEntries)) })
)
const node = (name: string, type: string, config: LayerNode['config']): LayerNode => ({
  name,
  type,
  inputs: [],
  config
})
const city: EmbeddedInput = { column: 'city', at: 1, entries: 5, size: 3 }
const hidden = [denseNode('dense1', 4)]

function specOf(embedded: readonly EmbeddedInput[], layers: readonly LayerNode[] = hidden, inputs = 4) {
  return withEmbeddings(modelSpecOf(layers, inputs, 'multi-class', 'cross-entropy', 3), embedded)
}
const namesOf = (embedded: readonly EmbeddedInput[], layers = hidden) =>
  specOf(embedded, layers).layers.map(({ name }) => name)

describe('withEmbeddings', () => {
  it('makes the network that PyTorch computed for layers.json, of a table', () => {
    const tanh = node('hidden', 'dense', { units: 4, activation: 'tanh' })
    const kind: EmbeddedInput = { column: 'kind', at: 3, entries: 3, size: 2 }
    expect(golden.problems.map(({ layers }) => layers)).toContainEqual(specOf([city, kind], [tanh]).layers)
  })

  it('and of steps in time', () => {
    const day: EmbeddedInput = { column: 'day', at: 1, entries: 4, size: 3 }
    const layers = [node('flat', 'flatten', {}), node('hidden', 'dense', { units: 6, activation: 'tanh' })]
    const spec = modelSpecOf(layers, [2, 5], 'multi-class', 'cross-entropy', 3)
    expect(golden.curves.map((curve) => curve.layers)).toContainEqual(withEmbeddings(spec, [day]).layers)
  })

  it('leaves a network without embedded inputs as it is', () => {
    const spec = modelSpecOf(hidden, 4, 'multi-class', 'cross-entropy', 3)
    expect(withEmbeddings(spec, [])).toBe(spec)
  })

  it('gives the shapes and parameters that follow', () => {
    const { layers, problems, parameters } = describeModel(specOf([city]))
    expect([...problems, ...layers.flatMap((layer) => layer.problems)]).toEqual([])
    expect(layers.map(({ name, outputShape }) => [name, outputShape])).toEqual([
      ['numbers', [1]],
      ['select_city', [1]],
      ['embed_city', [1, 3]],
      ['flat_city', [3]],
      ['numbers_2', [2]],
      ['features', [6]],
      ['dense1', [4]],
      ['output', [3]]
    ])
    expect(parameters).toBe(5 * 3 + 7 * 4 + 5 * 3)
  })

  it('serves every layer that takes the input, and none twice', () => {
    const branch: LayerNode = { name: 'both', type: 'concat', inputs: ['dense1', INPUT], config: {} }
    const { layers } = specOf([city], [...hidden, branch])
    expect(layers.find(({ name }) => name === 'both')?.inputs).toEqual(['dense1', 'features'])
    expect(layers.find(({ name }) => name === 'dense1')?.inputs).toEqual(['features'])
  })

  it('needs nothing but the vector where it is the only input', () => {
    const { layers } = specOf([{ ...city, at: 0 }], hidden, 1)
    expect(layers.map(({ name }) => name)).toEqual(['select_city', 'embed_city', 'flat_city', 'dense1', 'output'])
    expect(layers[3]?.inputs).toEqual(['flat_city'])
  })

  it('names layers by the column, beside all other names', () => {
    const named = (column: string, layers = hidden) => namesOf([{ ...city, column }], layers)[2]
    expect(named('city')).toBe('embed_city')
    expect(named('Straße & Ort (é)')).toBe('embed_Stra_e_Ort_e')
    expect(named('都市')).toBe('embed_column')
    expect(named('city', [denseNode('embed_city', 4)])).toBe('embed_city_2')
    const long = 'x'.repeat(1000)
    const two = [
      { ...city, column: long },
      { ...city, column: long, at: 2 }
    ]
    expect(describeModel(specOf(two)).layers.flatMap(({ problems }) => problems)).toEqual([])
    expect(namesOf([city], [denseNode('features', 4)])).toContain('features_2')
  })

  it('joins more parts than one layer may', () => {
    const many = Array.from({ length: 70 }, (_, i) => ({ column: 'c', at: 2 * i, entries: 3, size: 2 }))
    const { layers } = describeModel(specOf(many, hidden, 140))
    expect(layers.flatMap(({ problems }) => problems)).toEqual([])
    expect(layers.find(({ name }) => name === 'dense1')?.inputShape).toEqual([70 + 140])
  })

  it('begins with nothing for what is not known, and something for the rest', () => {
    const weight = initializeParameters(compileModel(specOf([city])), 1).get('embed_city.weight')
    expect([...(weight?.data.subarray(0, 3) ?? [])]).toEqual([0, 0, 0])
    expect(weight?.data.subarray(3).every((value) => value !== 0)).toBe(true)
  })
})
