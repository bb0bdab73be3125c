import { describe, expect, it } from 'vitest'
import { compileModel } from '../engine'
import { openExperiment } from './experiment'
import { leastMemory, requireMemory, type MemoryProblem } from './memory'
import { madePictures, pictureSetup } from './testing/pictures'

const model = compileModel({
  inputShape: [4],
  layers: [
    { name: 'wide', type: 'dense', inputs: ['input'], config: { units: 10 } },
    { name: 'flat', type: 'flatten', inputs: ['wide'], config: {} },
    { name: 'output', type: 'dense', inputs: ['flat'], config: { units: 1 } }
  ],
  output: 'output'
})
const samples = (rows: number) => ({
  features: { shape: [rows, 4], data: new Float64Array(4 * rows) },
  targets: { shape: [rows, 1], data: new Float64Array(rows) }
})
const problem: MemoryProblem = { model, batchSize: 8, samples: [samples(20), samples(5)], executor: 'wasm' }

describe('memory of a training', () => {
  it('counts parameters twice, the outputs of a batch and all rows', () => {
    // 61 parameters; 8 rows of 10 + 1 outputs; 25 rows of 4 + 1 values.
    const numbers = 2 * 61 + 8 * 11 + 25 * 5
    expect(leastMemory(problem)).toBe(4 * numbers)
    expect(leastMemory({ ...problem, executor: 'reference' })).toBe(8 * numbers)
    expect(leastMemory({ ...problem, batchSize: 1000 })).toBe(4 * (numbers + 12 * 11))
  })

  it('is refused with the estimate and the largest layer, only when it cannot fit', () => {
    const most = leastMemory(problem)
    expect(() => requireMemory(problem, most)).not.toThrow()
    expect(() => requireMemory(problem, most - 1)).toThrow(
      expect.objectContaining({
        code: 'model-too-large',
        message: expect.stringMatching(/at least 1 MB .* 0 MB .*"wide"/) as string,
        details: { megabytes: 1, layer: 'wide' }
      })
    )
  })

  it('is judged when an experiment is opened', () => {
    // A terabyte, whatever the computer that runs this.
    const many = Array.from({ length: 60 }, (_, i) => {
      return { name: `act${i + 1}`, type: 'activation', inputs: [i === 0 ? 'conv' : `act${i}`], config: {} }
    })
    const layers = [
      { name: 'conv', type: 'conv2d', inputs: ['input'], config: { outChannels: 65_536, kernelSize: 1 } },
      ...many,
      { name: 'flat', type: 'flatten', inputs: ['act60'], config: {} },
      { name: 'output', type: 'dense', inputs: ['flat'], config: { units: 3, activation: 'identity' } }
    ]
    const table = madePictures(6_000)
    const setup = pictureSetup({ model: { inputShape: [1, 4, 4], layers, output: 'output' }, batchSize: 6_000 })
    expect(() => openExperiment(table, setup)).toThrow(expect.objectContaining({ code: 'model-too-large' }))
    expect(() => openExperiment(table, setup, { executor: 'reference' })).toThrow(
      expect.objectContaining({ code: 'model-too-large' })
    )
  })
})
