import { describe, expect, it } from 'vitest'
import { describeModel, modelSpecOf, withEmbeddings, type ModelSpec } from '../../../engine/catalog'
import type { PreparedView } from '../../../shared/views'
import { setupWith } from '../state/testing'
import { networkOf } from '../state/network'
import { embeddedColumns, seenFeatures } from './embeddedInputs'
import { diagramColumns, layerItems, type NetworkSources } from './networkModel'

const prepared: PreparedView = {
  features: ['age', 'city', 'dose'],
  inputShape: [3],
  embedded: [{ column: 'city', at: 1, entries: 41, size: 4 }],
  classes: ['x', 'y', 'z'],
  outputs: ['x', 'y', 'z'],
  trainRows: 80,
  validationRows: 20,
  testRows: 0,
  classCounts: [40, 20, 20],
  notices: []
}
const dense = (name: string, inputs: string[]) => {
  return { name, type: 'dense', inputs, config: { units: 8, activation: 'relu' } }
}
const setup = setupWith({
  task: 'multi-class',
  loss: 'cross-entropy',
  layers: [dense('dense1', []), dense('dense2', ['input'])]
})

function sources(change: Partial<NetworkSources> = {}): NetworkSources {
  const spec = networkOf(setup, prepared)
  return { setup, prepared, spec, description: spec === null ? null : describeModel(spec), ...change }
}

describe('embedded columns', () => {
  it('are part of the network that is described', () => {
    const plain: ModelSpec = modelSpecOf(setup.layers, 3, 'multi-class', 'cross-entropy', 3)
    expect(networkOf(setup, prepared)).toEqual(withEmbeddings(plain, prepared.embedded))
  })

  it('have a line each in the list, with their parameters, and the layers behind see their numbers', () => {
    const items = layerItems(sources())
    expect(items.map(({ label, shape, parameters, locked }) => [label, shape, parameters, locked])).toEqual([
      ['Input, 3 features', '[N, 3]', null, true],
      ['Embedding city: 40 values → 4 numbers each, follows from the data', '[N, 4]', 164, true],
      ['Dense dense1, 8 units, relu', '[N, 8]', 7 * 8, false],
      ['Dense dense2, 8 units, relu, takes input', '[N, 8]', 7 * 8, false],
      ['Dense output, 3 units, softmax, follows from the target', '[N, 3]', 27, true]
    ])
  })

  it('stand among the drawn features as the numbers that are learned', () => {
    const columns = diagramColumns(sources())
    expect(columns.map(({ name, size, sources: from }) => [name, size, from])).toEqual([
      ['input', 6, []],
      ['dense1', 8, [0]],
      ['dense2', 8, [0]],
      ['output', 3, [2]]
    ])
    expect(columns[0]?.labels).toEqual(['age', 'city[1]', 'city[2]', 'city[3]', 'city[4]', 'dose'])
    expect(columns[0]?.shape).toBe('6')
    expect(seenFeatures({ ...prepared, embedded: [] })).toEqual(prepared.features)
  })

  it('are none of a network from a file, which sees entries as numbers', () => {
    const model = modelSpecOf([], 3, 'multi-class', 'cross-entropy', 3)
    const own = { ...setup, layers: [], model }
    expect(embeddedColumns(own, prepared, networkOf(own, prepared))).toEqual([])
  })
})
