import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { describeModel, modelSpecOf, type LayerNode } from '../../../engine/catalog'
import { setupSchema, type Setup } from '../../../shared/setup'
import type { PreparedView } from '../../../shared/views'
import { diagramColumns, layerItems, type NetworkSources } from './networkModel'

const dense = (
  name: string,
  units: number
): LayerNode & { inputs: string[]; config: { units: number; activation: string } } => ({
  name,
  type: 'dense',
  inputs: [],
  config: { units, activation: 'relu' }
})
const prepared: PreparedView = {
  features: ['a', 'b', 'c', 'd'],
  inputShape: [4],
  embedded: [],
  classes: ['x', 'y', 'z'],
  outputs: ['x', 'y', 'z'],
  trainRows: 80,
  validationRows: 20,
  testRows: 0,
  classCounts: [40, 20, 20],
  notices: []
}
const setup: Setup = v.parse(setupSchema, {
  target: 'kind',
  task: 'multi-class',
  loss: 'cross-entropy',
  ignored: [],
  layers: [dense('dense1', 16)],
  optimizer: { type: 'sgd', config: {} },
  batchSize: 32,
  epochs: 10,
  validation: 0.2,
  seed: 1
})

function sources(change: Partial<Setup> = {}): NetworkSources {
  const changed = { ...setup, ...change }
  const spec = modelSpecOf(changed.layers, 4, changed.task, changed.loss, 3)
  return { setup: changed, prepared, spec, description: describeModel(spec) }
}

describe('layerItems', () => {
  it('shows every layer with its shape and its size', () => {
    const items = layerItems(sources())
    expect(items.map((item) => item.label)).toEqual([
      'Input, 4 features',
      'Dense dense1, 16 units, relu',
      'Dense output, 3 units, softmax, follows from the target'
    ])
    expect(items.map((item) => item.shape)).toEqual(['[N, 4]', '[N, 16]', '[N, 3]'])
    expect(items.map((item) => item.parameters)).toEqual([null, 80, 51])
    expect(items.map((item) => item.locked)).toEqual([true, false, true])
  })

  it('puts a mistake on its layer and leaves unknown what follows from it', () => {
    const items = layerItems(sources({ layers: [dense('dense1', 0), dense('dense2', 8)] }))
    expect(items[1]?.problems[0]).toContain('got 0')
    expect(items.map((item) => item.shape)).toEqual(['[N, 4]', null, null, '[N, 3]'])
    expect(items[3]?.parameters).toBeNull()
    expect(items[2]?.problems).toEqual([])
  })

  it('says what is not known while the data is not ready', () => {
    const items = layerItems({ setup, prepared: null, spec: null, description: null })
    expect(items.map((item) => item.label)).toEqual([
      'Input, features not known yet',
      'Dense dense1, 16 units, relu',
      'Dense output, units not known yet, softmax, follows from the target'
    ])
  })
})

describe('named inputs', () => {
  it('are told in the list and followed in the drawing', () => {
    const layers = [dense('dense1', 8), { ...dense('dense2', 8), inputs: ['input'] }]
    const items = layerItems(sources({ layers }))
    expect(items.map((item) => item.takes)).toEqual([null, null, 'takes input', null])
    expect(items[2]?.label).toBe('Dense dense2, 8 units, relu, takes input')
    expect(diagramColumns(sources({ layers })).map((column) => column.sources)).toEqual([[], [0], [0], [2]])
  })

  it('are left out of the drawing where there is no such layer before, and told as a problem', () => {
    const layers = [{ ...dense('dense1', 8), inputs: ['dense2'] }, dense('dense2', 8)]
    expect(diagramColumns(sources({ layers })).map((column) => column.sources)).toEqual([[], [], [1], [2]])
    expect(layerItems(sources({ layers }))[1]?.problems[0]).toContain('dense2')
  })
})

it('marks a layer that nothing takes', () => {
  const layers = [dense('dense1', 8), { ...dense('dense2', 8), inputs: ['input'] }]
  expect(layerItems(sources({ layers })).map((item) => item.unused)).toEqual([false, true, false, false])
})

describe('diagramColumns', () => {
  it('names inputs and outputs and notes activations', () => {
    const columns = diagramColumns(sources())
    expect(columns.map((column) => [column.name, column.size, column.note])).toEqual([
      ['input', 4, ''],
      ['dense1', 16, 'relu'],
      ['output', 3, 'softmax']
    ])
    expect(columns[2]?.labels).toEqual(['x', 'y', 'z'])
  })

  it('draws an image as one thing', () => {
    const features = Array.from({ length: 12 }, (_, pixel) => `image[${Math.floor(pixel / 4)}, ${pixel % 4}]`)
    const images = { ...sources(), prepared: { ...prepared, features, inputShape: [1, 3, 4] } }
    const [input] = diagramColumns(images)
    expect([input?.kind, input?.size, input?.labels, input?.typeLabel]).toEqual(['box', 12, [], 'Image'])
    expect(layerItems(images)[0]).toMatchObject({ label: 'Input, grey image of 4×3', shape: '[N, 1, 3, 4]' })
  })

  it('keeps one neuron for a layer whose size is being put right', () => {
    const [, wrong] = diagramColumns(sources({ layers: [dense('dense1', Number.NaN)] }))
    expect([wrong?.size, wrong?.unsized, wrong?.problem]).toEqual([1, true, true])
  })

  it('draws nothing before the data is ready', () => {
    expect(diagramColumns({ setup, prepared: null, spec: null, description: null })).toEqual([])
  })
})
