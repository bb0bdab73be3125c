import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { StudioError } from '../../../shared/errors'
import type { ModelSpec } from '../../spec'
import { compileModel } from '../../model/model'
import { createTraining, type TrainOptions } from '../../train/training'
import { bytesOf, requireBytes, withinMemory } from './memory'

const spec: ModelSpec = {
  inputShape: [1, 20, 20],
  layers: [
    {
      name: 'conv',
      type: 'conv2d',
      inputs: ['input'],
      config: { outChannels: 16, kernelSize: 3, padding: 'same', activation: 'relu' }
    },
    { name: 'norm', type: 'batch-norm', inputs: ['conv'], config: {} },
    { name: 'pool', type: 'max-pool2d', inputs: ['norm'], config: {} },
    { name: 'all', type: 'global-avg-pool', inputs: ['pool'], config: {} },
    { name: 'output', type: 'dense', inputs: ['all'], config: { units: 1, activation: 'identity' } }
  ],
  output: 'output'
}
const samples = (rows: number) => ({
  features: { shape: [rows, 1, 20, 20], data: new Float64Array(rows * 400).map((_, i) => Math.sin(i)) },
  targets: { shape: [rows, 1], data: new Float64Array(rows).map((_, i) => i % 2) }
})
const options: TrainOptions = {
  ...{ model: compileModel(spec), task: 'regression', answers: 1, loss: 'squared', seed: 1, epochs: 1 },
  optimizer: { type: 'adam', config: {} },
  ...{ batchSize: 32, training: samples(40), validation: samples(8), executor: 'reference' }
}

function refusal(work: () => unknown): StudioError {
  try {
    work()
  } catch (thrown) {
    if (thrown instanceof StudioError) return thrown
    throw thrown
  }
  throw new Error('expected a refusal')
}

describe('memory of the reference executor', () => {
  it('is known exactly before it is taken: gradients and tables of indices included', async () => {
    setFlagsFromString('--expose-gc')
    const held = () => {
      runInNewContext('gc()')
      return process.memoryUsage().arrayBuffers
    }
    const { details } = refusal(() => createTraining({ ...options, memory: 1e6 }))
    const before = held()
    const training = createTraining(options)
    for await (const event of training.events()) expect(event.epoch).toBe(1)
    const taken = (held() - before) / 2 ** 20
    // The rows were there already; all else is the executor's.
    expect(taken / Number(details['megabytes'])).toBeGreaterThan(0.9)
    expect(taken / Number(details['megabytes'])).toBeLessThan(1.1)
    training.close()
  })

  it('is refused before training when it is more than there is, naming the largest layer', () => {
    const { code, details } = refusal(() => createTraining({ ...options, memory: 1e7 }))
    expect({ code, layer: details['layer'] }).toEqual({ code: 'model-too-large', layer: 'norm' })
    expect(() => createTraining({ ...options, memory: 2 ** 30 }).close()).not.toThrow()
  })

  it('is refused in the same words when the computer has none left', () => {
    const shares = new Map([
      ['loss', 9e6],
      ['conv', 3e6]
    ])
    const fail = (message: string) =>
      refusal(() =>
        withinMemory(
          () => shares,
          () => {
            throw new RangeError(message)
          }
        )
      )
    expect(
      refusal(() =>
        withinMemory(
          () => shares,
          () => new Float64Array(2 ** 52)
        )
      )
    ).toMatchObject({ code: 'model-too-large' })
    expect(fail('Array buffer allocation failed')).toMatchObject({
      code: 'model-too-large',
      details: { layer: 'conv' }
    })
    expect(() => fail('Maximum call stack size exceeded')).toThrow(RangeError)
    expect(bytesOf(shares)).toBe(12e6)
    expect(() => requireBytes(shares, 12e6)).not.toThrow()
    expect(() => requireBytes(shares, 12e6 - 1)).toThrow('needs 12 MB of memory, more than the 11 MB of this computer')
  })
})
