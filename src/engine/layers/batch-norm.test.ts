/** Batches in which a channel has one number alone; everything else of batch normalization is in the contracts. */
import { beforeAll, describe, expect, it } from 'vitest'
import { kernelBytes } from '../../../tests/kernels'
import { provideKernels } from '../executors/wasm/kernels'
import { compileModel } from '../model/model'
import { RandomStream } from '../random/stream'
import { denseNode } from '../testing'
import { createTraining, type TrainOptions } from '../train/training'

beforeAll(() => provideKernels(kernelBytes))

const model = compileModel({
  inputShape: [3],
  layers: [
    { ...denseNode('dense1', 4), inputs: ['input'] },
    { name: 'bn', type: 'batch-norm', inputs: ['dense1'], config: {} },
    { ...denseNode('output', 1, 'identity'), inputs: ['bn'] }
  ],
  output: 'output'
})

const random = new RandomStream(1, 'samples')
function samples(rows: number) {
  const data = (count: number) => new Float64Array(count).map(() => Math.fround(random.normal()))
  return { features: { shape: [rows, 3], data: data(3 * rows) }, targets: { shape: [rows, 1], data: data(rows) } }
}

async function trained(rows: number, batchSize: number, executor: TrainOptions['executor']) {
  const all = samples(rows)
  const training = createTraining({
    ...{ model, task: 'regression', answers: 1, loss: 'squared', seed: 1, shuffle: false, batchSize, epochs: 1 },
    ...{ optimizer: { type: 'sgd', config: { learningRate: 0.01 } }, training: all, validation: all },
    ...(executor === undefined ? {} : { executor })
  })
  const statistics: number[][] = []
  for await (const event of training.events()) {
    const { parameters } = training
    if (event.type === 'step') statistics.push([...(parameters.get('bn.running_var')?.data ?? [])])
  }
  training.close()
  return statistics
}

describe.each(['wasm', 'reference'] as const)('a single row, by the %s executor', (executor) => {
  it('is normalized by the running statistics, which it leaves as they are', async () => {
    const [first = [], second = [], last] = await trained(5, 2, executor)
    expect(first).not.toEqual([1, 1, 1, 1])
    expect(second).not.toEqual(first)
    expect(last).toEqual(second)
  })

  it('is every batch of batches of one: the first statistics stay', async () => {
    expect(await trained(3, 1, executor)).toEqual([
      [1, 1, 1, 1],
      [1, 1, 1, 1],
      [1, 1, 1, 1]
    ])
  })
})
