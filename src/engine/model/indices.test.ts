import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../shared/errors'
import type { LayerNode } from '../spec'
import { predict } from '../train/evaluator'
import { createTraining } from '../train/training'
import { checkIndices } from './indices'
import { compileModel, initializeParameters } from './model'

const layer = (name: string, type: string, inputs: readonly string[], config: LayerNode['config'] = {}): LayerNode => {
  return { name, type, inputs, config }
}
const words = (source: string) => layer('words', 'embedding', [source], { numEmbeddings: 3, embeddingDim: 2 })
const end = [
  layer('flat', 'flatten', ['words']),
  layer('output', 'dense', ['flat'], { units: 1, activation: 'identity' })
]
const direct = compileModel({ inputShape: [2], layers: [words('input'), ...end], output: 'output' })
const features = (...data: number[]) => ({ shape: [data.length / 2, 2], data: Float64Array.from(data) })

describe('indices in the input', () => {
  it('are whole numbers of the table; else row, column and layer are said', () => {
    expect(() => checkIndices(direct, features(0, 1, 2, 0))).not.toThrow()
    for (const wrong of [3, -1, 0.5, 1e300]) {
      expect(() => checkIndices(direct, features(0, 1, 2, wrong)), String(wrong)).toThrow(
        expect.objectContaining({ code: 'index-out-of-range', details: { layer: 'words', row: 2, column: 2 } })
      )
    }
    expect(() => checkIndices(direct, features(7, 1))).toThrow(
      'Row 1: feature 1 must be a whole number from 0 to 2, since layer "words" takes it as an entry of its table, got 7'
    )
  })

  it('are seen behind layers that only move them, not behind those that compute', () => {
    const behind = (between: LayerNode) =>
      compileModel({ inputShape: [2], layers: [between, words(between.name), ...end], output: 'output' })
    const column = behind(layer('column', 'reshape', ['input'], { size1: 2, size2: 1 }))
    expect(() => checkIndices(column, features(0, 9))).toThrow(ConfigError)
    const bent = behind(layer('bent', 'activation', ['input']))
    expect(() => checkIndices(bent, features(0, 9))).not.toThrow()
  })

  it('are looked for where they come from alone: other features may be anything', () => {
    const second = layer('second', 'select', ['input'], { from: 1 })
    const turned = layer('turned', 'reshape', ['input'], { size1: 2, size2: 1 })
    const chosen = layer('chosen', 'select', ['turned'], { from: 1 })
    const single = layer('output', 'dense', ['flat'], { units: 1, activation: 'identity' })
    for (const layers of [
      [second, words('second')],
      [turned, chosen, words('chosen')]
    ]) {
      const flat = layer('flat', 'flatten', ['words'])
      const model = compileModel({ inputShape: [2], layers: [...layers, flat, single], output: 'output' })
      expect(() => checkIndices(model, features(0.5, 2, -7, 0))).not.toThrow()
      expect(() => checkIndices(model, features(0, 2, 1, 3))).toThrow(
        expect.objectContaining({ details: { layer: 'words', row: 2, column: 2 } })
      )
    }
  })

  it('are checked before training and before prediction; computed ones give NaN', () => {
    const parameters = initializeParameters(direct, 1)
    const answer = (rows: ReturnType<typeof features>) => predict(direct, parameters, 'squared', 'regression', rows)
    expect(answer(features(0, 1)).data.every(Number.isFinite)).toBe(true)
    expect(() => answer(features(0, 3))).toThrow(expect.objectContaining({ code: 'index-out-of-range' }))
    const samples = { features: features(0, 3, 1, 1), targets: { shape: [2, 1], data: Float64Array.of(1, 2) } }
    const train = () =>
      createTraining({
        ...{ model: direct, task: 'regression', answers: 1, loss: 'squared', seed: 1, batchSize: 2, epochs: 1 },
        ...{ optimizer: { type: 'sgd', config: {} }, training: samples, validation: samples }
      })
    expect(train).toThrow(expect.objectContaining({ code: 'index-out-of-range' }))
    const computed = compileModel({
      inputShape: [2],
      layers: [layer('bent', 'activation', ['input']), words('bent'), ...end],
      output: 'output'
    })
    expect(predict(computed, parameters, 'squared', 'regression', features(0, 9)).data).toEqual(Float64Array.of(NaN))
  })
})
