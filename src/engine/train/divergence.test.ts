/** Training stops within the step in which a number leaves float32, whatever it is of, and says where. */
import { beforeAll, describe, expect, it } from 'vitest'
import { kernelBytes } from '../../../tests/kernels'
import { NumericError } from '../../shared/errors'
import type { ExecutorName } from '../executors/training-executor'
import { provideKernels } from '../executors/wasm/kernels'
import { compileModel } from '../model/model'
import { modelSpecOf } from '../model/spec-of'
import { RandomStream } from '../random/stream'
import type { LayerNode } from '../spec'
import { denseNode } from '../testing'
import type { Samples } from './samples'
import { createTraining, type TrainEvent, type TrainOptions } from './training'

const normalization: LayerNode = { name: 'bn1', type: 'batch-norm', inputs: [], config: {} }

/** y = x₀ with features of this size. */
function samplesOf(size: number): Samples {
  const random = new RandomStream(1, 'samples')
  const data = new Float64Array(40).map(() => Math.fround(size * random.normal()))
  const targets = new Float64Array(20).map((_, row) => (data[2 * row] ?? 0) / size)
  return { features: { shape: [20, 2], data }, targets: { shape: [20, 1], data: targets } }
}

function optionsFor(layers: readonly LayerNode[], changes: Partial<TrainOptions>): TrainOptions {
  return {
    model: compileModel(modelSpecOf(layers, 2, 'regression', 'squared', 1)),
    ...{ task: 'regression', answers: 1, loss: 'squared', batchSize: 5, epochs: 30, seed: 1 },
    optimizer: { type: 'sgd', config: { learningRate: 0.05, momentum: 0 } },
    ...{ training: samplesOf(1), validation: samplesOf(1) },
    ...changes
  }
}

async function diverge(options: TrainOptions) {
  const training = createTraining(options)
  const events: TrainEvent[] = []
  const failure = await (async () => {
    for await (const event of training.events(undefined, { stepsAhead: Infinity })) events.push(event)
    return null
  })().catch((error: unknown) => error)
  const finite = [...training.parameters.values()].every(({ data }) =>
    data.every((value) => Number.isFinite(Math.fround(value)))
  )
  const steps = events.filter(({ type }) => type === 'step').length
  return { failure: failure instanceof NumericError ? failure : null, steps, finite, training }
}

beforeAll(() => provideKernels(kernelBytes))

it('stops where the norm that gradients are bounded by is no float32, instead of going on without moving', async () => {
  const changes = { executor: 'wasm', training: samplesOf(1e11), regularization: { clipNorm: 0.01 } } as const
  const { failure, steps, finite } = await diverge(optionsFor([], changes))
  expect(failure?.code).toBe('diverged')
  expect(failure?.details).toEqual({ layer: 'output', step: 1, epoch: 1 })
  expect([steps, finite]).toEqual([0, true])
})

describe.each<ExecutorName>(['reference', 'wasm'])('by the %s executor', (executor) => {
  it('names the layer whose running statistics leave float32, though its outputs do not', async () => {
    // The square of 1e25 is no float32; divided by its root, the outputs are near 1.
    const changes = { executor, training: samplesOf(1e25), validation: samplesOf(1e25) }
    const { failure, steps, finite, training } = await diverge(
      optionsFor([normalization, denseNode('dense1', 4)], changes)
    )
    expect(failure?.code).toBe('diverged')
    expect(failure?.details).toEqual({ layer: 'bn1', step: 1, epoch: 1 })
    expect(steps).toBe(0)
    expect(finite).toBe(true)
    expect([...(training.parameters.get('bn1.running_var')?.data ?? [])]).toEqual([1, 1])
  })

  it('names layer, step and epoch when a schedule raises the learning rate too far', async () => {
    const { failure, steps, finite } = await diverge(
      optionsFor([denseNode('dense1', 4, 'relu')], {
        executor,
        optimizer: { type: 'sgd', config: { learningRate: 1e20, momentum: 0 } },
        schedule: { type: 'one-cycle', config: { startDivisor: 1e9, endDivisor: 1 } }
      })
    )
    expect(failure?.code).toBe('diverged')
    expect(['dense1', 'output']).toContain(failure?.details['layer'])
    expect(failure?.details['step']).toBe(steps + 1)
    expect(failure?.details['epoch']).toBe(Math.ceil((steps + 1) / 4))
    expect(finite).toBe(true)
  })

  it('stops when a penalty throws the weights ever further', async () => {
    // w ← w − 0.05 · 1000 · w: 49 times as large at each step, with the sign turned.
    const changes = { executor, regularization: { l2: 1000 } }
    const { failure, steps, finite } = await diverge(optionsFor([denseNode('dense1', 4)], changes))
    expect(failure?.code).toBe('diverged')
    expect(['dense1', 'output']).toContain(failure?.details['layer'])
    expect(steps).toBeGreaterThan(5)
    expect(finite).toBe(true)
  })

  it('goes on where a bound on the gradients keeps the steps short', async () => {
    const wild = optionsFor([denseNode('dense1', 4, 'relu')], {
      executor,
      optimizer: { type: 'sgd', config: { learningRate: 2, momentum: 0.9 } }
    })
    expect((await diverge(wild)).failure?.code).toBe('diverged')
    for (const regularization of [{ clipNorm: 0.01 }, { clipValue: 0.001 }]) {
      const tamed = await diverge({ ...wild, regularization })
      expect(tamed.failure).toBeNull()
      expect(tamed.steps).toBe(120)
    }
  })
})
