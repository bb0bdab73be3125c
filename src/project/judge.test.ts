import { beforeAll, describe, expect, it } from 'vitest'
import { kernelBytes } from '../../tests/kernels'
import {
  evaluate,
  initializeParameters,
  provideKernels,
  type ForwardProblem,
  type Samples,
  wholeTensor
} from '../engine'
import { prepare } from '../data'
import { openExperiment } from './experiment'
import { judge } from './judge'
import { networkOf, shapedSamples } from './network'
import { madePictures, pictureSetup } from './testing/pictures'
import type { Setup } from '../shared/setup'

function partsOf(rows: number, changes: Partial<Setup> = {}): { problem: ForwardProblem; samples: Samples } {
  const setup = pictureSetup({ validation: 0, ...changes })
  const prepared = prepare(madePictures(rows), setup)
  const model = networkOf(setup, prepared.preparation)
  const lossSettings = { config: { labelSmoothing: 0.1 }, classWeights: [1, 2, 3] }
  const problem = { model, loss: setup.loss, task: setup.task, lossSettings }
  return { problem, samples: shapedSamples(model, prepared.training) }
}

// The kernels, once provided, stay.
describe.each(['reference', 'wasm'] as const)('judge, by %s', (executor) => {
  beforeAll(() => {
    if (executor === 'wasm') provideKernels(kernelBytes)
  })

  it.each([1, 60, 1025])('gives what evaluate gives, on %i rows', async (rows) => {
    const { problem, samples } = partsOf(Math.max(60, rows))
    const some = {
      features: { shape: [rows, 1, 4, 4], data: wholeTensor(samples.features).data.subarray(0, rows * 16) },
      targets: { shape: [rows, 1], data: samples.targets.data.subarray(0, rows) }
    }
    const parameters = initializeParameters(problem.model, 1)
    const whole = evaluate(problem, parameters, some)
    const slices = await judge(problem, parameters, some)
    expect(slices.outputs).toEqual(whole.outputs)
    expect(slices.loss).toBeCloseTo(whole.loss, 12)
    expect(slices.metrics).toEqual(whole.metrics)
  })

  it('lets others have their turn', async () => {
    const wide = { outChannels: 200, kernelSize: 3, padding: 'same', activation: 'relu' }
    const layers = [
      { name: 'conv', type: 'conv2d', inputs: ['input'], config: wide },
      { name: 'again', type: 'conv2d', inputs: ['conv'], config: wide },
      { name: 'flat', type: 'flatten', inputs: ['again'], config: {} },
      { name: 'output', type: 'dense', inputs: ['flat'], config: { units: 3, activation: 'identity' } }
    ]
    const rows = executor === 'wasm' ? 3000 : 60
    const { problem, samples } = partsOf(rows, { model: { inputShape: [1, 4, 4], layers, output: 'output' } })
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    await judge(problem, initializeParameters(problem.model, 1), samples)
    clearInterval(timer)
    expect(turns).toBeGreaterThan(20)
  })
})

describe('finish', () => {
  it('keeps a run without final numbers when there is no time for them, and with them otherwise', async () => {
    const experiment = openExperiment(madePictures(), pictureSetup())
    experiment.training.close()
    const hurried = await experiment.finish('stopped', AbortSignal.abort())
    expect(hurried.record.final).toEqual({ validationLoss: null, metrics: {} })
    const { record, parameters } = await experiment.finish('stopped', new AbortController().signal)
    expect(record.final.validationLoss).toBeGreaterThan(0)
    expect([...parameters]).toEqual([...hurried.parameters])
  })
})
