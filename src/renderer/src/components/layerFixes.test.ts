import { describe, expect, it } from 'vitest'
import {
  defaultsOf,
  describeModel,
  INPUT,
  layerSpecs,
  modelSpecOf,
  type LayerNode,
  type Shape
} from '../../../engine/catalog'
import { fixesOf, nearestSquare, type LayerFix } from './layerFixes'

const layer = (name: string, type: string, inputs: string[] = []): LayerNode => {
  return { name, type, inputs, config: defaultsOf(layerSpecs.find((spec) => spec.type === type)?.fields ?? []) }
}

const describeLayers = (layers: readonly LayerNode[], features: number) =>
  describeModel(modelSpecOf(layers, features, 'multi-class', 'cross-entropy', 3))

/** The fixes of the first problem in the network, and what is wrong after the first of them. */
function mended(
  layers: readonly LayerNode[],
  features = 12
): { fixes: LayerFix[]; left: string[]; layers: LayerNode[] } {
  const description = describeLayers(layers, features)
  const wrong = description.layers.find(({ problems }) => problems.length > 0)
  const [problem] = wrong?.problems ?? []
  if (wrong === undefined || problem === undefined) throw new Error('nothing is wrong')
  const shapes = new Map<string, Shape | null>([
    [INPUT, [features]],
    ...description.layers.map(({ name, outputShape }) => [name, outputShape] as const)
  ])
  const fixes = fixesOf(problem, wrong.name, { layers, shapes })
  const after = fixes[0]?.apply(layers) ?? [...layers]
  const left = describeLayers(after, features).layers.flatMap(({ problems }) => problems.map(({ message }) => message))
  return { fixes, left, layers: after }
}

describe('fixes', () => {
  it('flatten before a Dense layer that gets an image', () => {
    const image = { ...layer('reshape1', 'reshape'), config: { size1: 1, size2: 3, size3: 4 } }
    const { fixes, left, layers } = mended([image, layer('dense1', 'dense')])
    expect(fixes.map(({ label }) => label)).toEqual(['Put Flatten before it'])
    expect(left).toEqual([])
    expect(layers.map(({ name }) => name)).toEqual(['reshape1', 'flatten1', 'dense1'])
  })

  it('flatten before the output layer too', () => {
    const image = { ...layer('reshape1', 'reshape'), config: { size1: 1, size2: 3, size3: 4 } }
    const { left, layers } = mended([image])
    expect(left).toEqual([])
    expect(layers.map(({ name }) => name)).toEqual(['reshape1', 'flatten1'])
  })

  it.each(layerSpecs.filter(({ type }) => /[12]d$/.test(type)).map(({ type }) => [type]))(
    'reshape the features of a table for %s, which then has no mistake of form',
    (type) => {
      const { fixes, layers } = mended([layer('made', type)])
      expect(fixes[0]?.label).toBe(`Put Reshape to ${type.endsWith('1d') ? '1 × 12' : '1 × 3 × 4'} before it`)
      expect(layers.map((one) => one.type)).toEqual(['reshape', type])
    }
  )

  it('keep what a layer takes', () => {
    const image = { ...layer('reshape1', 'reshape'), config: { size1: 1, size2: 3, size3: 4 } }
    const { layers } = mended([image, layer('dense1', 'dense', ['input']), layer('dense2', 'dense', ['reshape1'])])
    expect(layers.find(({ name }) => name === 'flatten1')?.inputs).toEqual(['reshape1'])
    expect(layers.find(({ name }) => name === 'dense2')?.inputs).toEqual([])
  })

  it('take the layer before where the named one is gone or comes later', () => {
    const gone = mended([layer('dense1', 'dense'), layer('dense2', 'dense', ['old'])])
    expect(gone.fixes.map(({ label }) => label)).toEqual(['Take the layer before it, dense1'])
    expect(gone.left).toEqual([])
    expect(mended([layer('dense1', 'dense', ['dense2']), layer('dense2', 'dense')]).left).toEqual([])
  })

  it('join the nearest layers where one of several is gone', () => {
    const { fixes, left } = mended([
      layer('dense1', 'dense'),
      layer('dense2', 'dense'),
      layer('add1', 'add', ['old', 'dense1'])
    ])
    expect(fixes.map(({ label }) => label)).toEqual(['Join dense1 and dense2'])
    expect(left).toEqual([])
  })

  it('are none where only a person can tell', () => {
    expect(mended([{ ...layer('dense1', 'dense'), config: { units: 0 } }]).fixes).toEqual([])
    expect(mended([layer('dense1', 'dense'), layer('add1', 'add', ['input', 'dense1'])]).fixes).toEqual([])
  })
})

describe('nearestSquare', () => {
  it('takes the two factors nearest to each other', () => {
    expect([1, 4, 12, 13, 784].map((size) => nearestSquare(size))).toEqual([
      [1, 1],
      [2, 2],
      [3, 4],
      [1, 13],
      [28, 28]
    ])
  })
})
