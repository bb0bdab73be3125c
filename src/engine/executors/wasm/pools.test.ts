/** Networks with every kind of pooling, their steps shared among threads. */
import { describe, expect, it } from 'vitest'
import { allKernels } from '../../../../tests/kernels'
import { workerThreads } from '../../../../tests/threads'
import { parseConfig } from '../../fields'
import { compileModel, initializeParameters, keptTensors } from '../../model/model'
import { modelSpecOf } from '../../model/spec-of'
import { optimizerNamed } from '../../optimizers'
import { permutation, RandomStream } from '../../random/stream'
import type { LayerNode } from '../../spec'
import { lossDefaults } from '../../testing'
import { stepScalars } from '../../train/step-graph'
import { ReferenceExecutor } from '../reference/training-executor'
import type { Batch, TrainingExecutor, TrainingProblem } from '../training-executor'
import type { Kernels } from './kernels'
import { WasmExecutor } from './training-executor'

const FEATURES = 2 * 10 * 11
const CLASSES = 3
const ROWS = 50
const BATCH = 7
const STEPS = 30

function layer(name: string, type: string, config: LayerNode['config'] = {}): LayerNode {
  return { name, type, inputs: [], config }
}

const image = layer('image', 'reshape', { size1: 2, size2: 10, size3: 11 })
const signal = layer('signal', 'reshape', { size1: 4, size2: 55 })
const conv = (outChannels: number) =>
  layer('conv', 'conv2d', { outChannels, kernelSize: 3, padding: 'same', activation: 'tanh' })
const flat = layer('flat', 'flatten')

// Windows that overlap, that stand apart, and sizes that neither windows nor threads divide.
const networks: readonly (readonly [string, readonly LayerNode[]])[] = [
  ['max-pool2d', [image, conv(5), layer('pool', 'max-pool2d', { kernelSize: 3, stride: 2 }), flat]],
  ['avg-pool2d', [image, conv(5), layer('pool', 'avg-pool2d', { kernelSize: 3, stride: 2 }), flat]],
  ['max-pool1d', [signal, layer('pool', 'max-pool1d', { kernelSize: 4, stride: 3 }), flat]],
  ['avg-pool1d', [signal, layer('pool', 'avg-pool1d', { kernelSize: 4, stride: 3 }), flat]],
  ['global-max-pool', [image, conv(7), layer('pool', 'global-max-pool')]],
  ['global-avg-pool', [image, conv(7), layer('pool', 'global-avg-pool')]],
  [
    'one after the other',
    [
      image,
      conv(5),
      layer('first', 'max-pool2d', { kernelSize: 2 }),
      layer('second', 'avg-pool2d', { kernelSize: 2, stride: 1 }),
      layer('last', 'global-avg-pool')
    ]
  ]
]

function problemOf(layers: readonly LayerNode[]): TrainingProblem {
  const model = compileModel(modelSpecOf(layers, FEATURES, 'multi-class', 'cross-entropy', CLASSES))
  const random = new RandomStream(1, 'pools')
  const samples = {
    features: {
      shape: [ROWS, FEATURES],
      data: new Float64Array(ROWS * FEATURES).map(() => Math.fround(random.normal()))
    },
    targets: { shape: [ROWS, 1], data: new Float64Array(ROWS).map((_, row) => row % CLASSES) }
  }
  const optimizer = optimizerNamed('adam')
  return {
    ...{ model, task: 'multi-class', loss: 'cross-entropy', lossSettings: lossDefaults('cross-entropy'), seed: 1 },
    ...{ optimizer, config: parseConfig(optimizer.label, optimizer.fields, { learningRate: 0.003 }) },
    ...{ batchSize: BATCH, training: samples, validation: samples, parameters: initializeParameters(model, 1) }
  }
}

function batchesOf({ optimizer, config }: TrainingProblem): Batch[] {
  const order = permutation(1, 'shuffle', 0, ROWS)
  return Array.from({ length: STEPS }, (_, i) => {
    const at = BATCH * (i % Math.ceil(ROWS / BATCH))
    return { rows: order.subarray(at, at + BATCH), epoch: 0, scalars: stepScalars(optimizer, config, i + 1) }
  })
}

/** Losses, outputs, the validation, and all weights after the steps. */
function trained(executor: TrainingExecutor, problem: TrainingProblem) {
  try {
    const taken = executor.takeSteps(batchesOf(problem))
    const weights = keptTensors(problem.model).map(({ name }) => executor.read(name))
    return { taken, validation: executor.validate(), weights, notice: executor.notice }
  } finally {
    executor.close()
  }
}

function wasm(problem: TrainingProblem, kernels: Kernels, threads: number): WasmExecutor {
  const options = { host: threads === 1 ? null : workerThreads, leastWork: 0 }
  const executor = WasmExecutor.create({ ...problem, threads }, kernels, options)
  if ('op' in executor) throw new Error(`no kernel for ${executor.op}`)
  expect(executor.threads).toBe(threads)
  return executor
}

describe.each(allKernels.map((kernels) => ({ kernels, build: kernels.build })))('$build kernels', ({ kernels }) => {
  it.each(networks)('give the same bits on 1, 2 and 3 threads: %s', (_name, layers) => {
    const problem = problemOf(layers)
    const alone = trained(wasm(problem, kernels, 1), problem)
    expect(alone.taken.losses).toHaveLength(STEPS)
    for (const threads of [2, 3]) expect(trained(wasm(problem, kernels, threads), problem)).toEqual(alone)
    const exact = trained(new ReferenceExecutor(problem), problem)
    const errors = alone.taken.losses.map((loss, i) => Math.abs(loss / (exact.taken.losses[i] ?? NaN) - 1))
    expect(Math.max(...errors)).toBeLessThan(1e-4)
  })
})
