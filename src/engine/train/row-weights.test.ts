/** Rows that count differently, as a whole training and a judgement take them. */
import { beforeAll, describe, expect, it } from 'vitest'
import { kernelBytes } from '../../../tests/kernels'
import type { ExecutorName } from '../executors/training-executor'
import { provideKernels } from '../executors/wasm/kernels'
import { RandomStream } from '../random/stream'
import { drawTargets, drawWeights, lossDefaults, smallModel } from '../testing'
import { evaluate, Evaluator } from './evaluator'
import type { Samples } from './samples'
import { createTraining, type EpochEvent, type TrainOptions } from './training'

const ANSWERS = 3
const model = smallModel('regression', 'huber', ANSWERS)

function samplesOf(rows: number, seed: number, weights: Samples['weights'] = null): Samples {
  const random = new RandomStream(seed, 'samples')
  const data = new Float64Array(3 * rows).map(() => Math.fround(random.normal()))
  const targets = { shape: [rows, ANSWERS], data: drawTargets(random, 'regression', ANSWERS, rows).map(Math.fround) }
  return { features: { shape: [rows, 3], data }, targets, weights }
}
const weightsOf = (rows: number) => drawWeights(new RandomStream(9, 'weights'), rows).map(Math.fround)
const ones = (rows: number) => new Float64Array(rows).fill(1)

async function run(executor: ExecutorName, training: Samples, validation: Samples) {
  const options: TrainOptions = {
    ...{ model, task: 'regression', answers: ANSWERS, loss: 'huber', seed: 1, executor, batchSize: 8, epochs: 3 },
    ...{ optimizer: { type: 'sgd', config: { learningRate: 0.1 } }, training, validation }
  }
  const trained = createTraining(options)
  const epochs: EpochEvent[] = []
  for await (const event of trained.events()) if (event.type === 'epoch') epochs.push(event)
  trained.close()
  expect(trained.executor.name).toBe(executor)
  return { epochs, parameters: trained.parameters }
}

const problem = { model, task: 'regression', loss: 'huber', lossSettings: lossDefaults('huber') } as const

beforeAll(() => provideKernels(kernelBytes))

describe.each<ExecutorName>(['reference', 'wasm'])('by the %s executor', (executor) => {
  /** Sums in another order, in float64 or in float32. */
  const digits = executor === 'reference' ? 12 : 5

  it('weights of 1 change nothing', async () => {
    const plain = await run(executor, samplesOf(30, 1), samplesOf(20, 2))
    const weighted = await run(executor, samplesOf(30, 1, ones(30)), samplesOf(20, 2, ones(20)))
    weighted.epochs.forEach(({ trainLoss, validationLoss }, i) => {
      expect(trainLoss).toBeCloseTo(plain.epochs[i]?.trainLoss ?? NaN, digits)
      expect(validationLoss).toBeCloseTo(plain.epochs[i]?.validationLoss ?? NaN, digits)
    })
  })

  it('judges the validation rows by their weights, and by none where they have none', async () => {
    const [weighted, alike] = [samplesOf(20, 2, weightsOf(20)), samplesOf(20, 2)]
    const losses = []
    for (const validation of [weighted, alike]) {
      const { epochs, parameters } = await run(executor, samplesOf(30, 1, weightsOf(30)), validation)
      const { loss } = new Evaluator(problem, executor).forward(parameters, validation)
      expect(epochs.at(-1)?.validationLoss).toBeCloseTo(loss, digits)
      losses.push(loss)
    }
    expect(Math.abs((losses[0] ?? NaN) - (losses[1] ?? NaN))).toBeGreaterThan(1e-3)
  })

  it('may be of the validation rows alone', async () => {
    const validation = samplesOf(20, 2, weightsOf(20))
    const { epochs, parameters } = await run(executor, samplesOf(30, 1), validation)
    const plain = await run(executor, samplesOf(30, 1), samplesOf(20, 2))
    const { loss } = new Evaluator(problem, executor).forward(parameters, validation)
    expect(epochs.at(-1)?.validationLoss).toBeCloseTo(loss, digits)
    expect(epochs.at(-1)?.trainLoss).toBeCloseTo(plain.epochs.at(-1)?.trainLoss ?? NaN, digits)
  })

  it('tell an epoch’s loss as the mean over its rows, whatever the batches were', async () => {
    const training = samplesOf(30, 1, weightsOf(30))
    const { epochs } = await run(executor, training, samplesOf(0, 2))
    const again = await run(executor, training, samplesOf(0, 2))
    expect(again.epochs).toEqual(epochs)
    // A rate of nearly 0 leaves the network as it is: then the epoch's loss is that of the rows judged at once.
    const still = createTraining({
      ...{ model, task: 'regression', answers: ANSWERS, loss: 'huber', seed: 1, executor, batchSize: 8, epochs: 1 },
      ...{ optimizer: { type: 'sgd', config: { learningRate: 1e-30 } }, training, validation: samplesOf(0, 2) }
    })
    const { loss } = new Evaluator(problem, executor).forward(still.parameters, training)
    for await (const event of still.events()) {
      if (event.type === 'epoch') expect(event.trainLoss).toBeCloseTo(loss, digits)
    }
    still.close()
  })
})

describe('judging', () => {
  it('counts every row alike in the metrics', () => {
    const [weighted, alike] = [samplesOf(20, 2, weightsOf(20)), samplesOf(20, 2)]
    const parameters = createTraining({
      ...{ model, task: 'regression', answers: ANSWERS, loss: 'huber', seed: 1, batchSize: 8, epochs: 1 },
      ...{ optimizer: { type: 'sgd', config: {} }, training: alike, validation: alike }
    }).parameters
    const [a, b] = [evaluate(problem, parameters, weighted), evaluate(problem, parameters, alike)]
    expect(a.metrics).toEqual(b.metrics)
    expect(a.byOutput).toEqual(b.byOutput)
    expect(a.byOutput).toHaveLength(ANSWERS)
    expect(a.loss).not.toBe(b.loss)
  })
})
