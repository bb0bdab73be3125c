/** The estimate against the memory that the wasm executor lays out. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { allKernels } from '../../../tests/kernels'
import { Layout } from '../executors/wasm/layout'
import { WasmExecutor } from '../executors/wasm/training-executor'
import { defaultsOf, type Config } from '../fields'
import { optimizerNamed } from '../optimizers'
import type { LayerNode } from '../spec'
import { lossDefaults } from '../testing'
import { describeModel } from './describe'
import { MAX_TRAINING_BYTES, trainingBytes } from './memory'
import { compileModel, initializeParameters } from './model'

const FACTOR = 2

/** A layer on the ones named, by commas. */
const on = (inputs: string, name: string, type: string, config: Config = {}): LayerNode => {
  return { name, type, inputs: inputs.split(','), config }
}
const conv = (from: string, name: string, outChannels: number, activation = 'relu') =>
  on(from, name, 'conv2d', { outChannels, activation })

const networks: readonly (readonly [string, readonly number[], readonly LayerNode[]])[] = [
  ['dense layers, relu', [784], [on('input', 'a', 'dense', { units: 512 }), on('a', 'z', 'dense', { units: 256 })]],
  [
    'dense layers, gelu',
    [100],
    [
      on('input', 'a', 'dense', { units: 512, activation: 'gelu' }),
      on('a', 'b', 'dense', { units: 512, activation: 'gelu' }),
      on('b', 'z', 'dense', { units: 512, activation: 'tanh' })
    ]
  ],
  [
    'batch normalization and dropout',
    [100],
    [
      on('input', 'a', 'dense', { units: 512, activation: 'identity' }),
      on('a', 'n', 'batch-norm'),
      on('n', 'r', 'activation'),
      on('r', 'd', 'dropout'),
      on('d', 'z', 'dense', { units: 512 })
    ]
  ],
  [
    'convolution and pooling',
    [1, 28, 28],
    [conv('input', 'a', 16), on('a', 'p', 'max-pool2d'), conv('p', 'b', 32), on('b', 'z', 'max-pool2d')]
  ],
  [
    'a residual CNN',
    [3, 32, 32],
    [
      conv('input', 'a', 16, 'identity'),
      on('a', 'n1', 'batch-norm'),
      on('n1', 'r1', 'activation'),
      conv('r1', 'b', 16, 'identity'),
      on('b', 'n2', 'batch-norm'),
      on('n2,r1', 's', 'add'),
      on('s', 'r2', 'activation'),
      on('r2', 'z', 'global-avg-pool')
    ]
  ],
  [
    'group normalization, gelu',
    [3, 32, 32],
    [
      conv('input', 'a', 16, 'identity'),
      on('a', 'n', 'group-norm', { numGroups: 4 }),
      on('n', 'r', 'activation', { activation: 'gelu' }),
      on('r', 'z', 'avg-pool2d')
    ]
  ],
  [
    'embedding and layer normalization',
    [50],
    [
      on('input', 'e', 'embedding', { numEmbeddings: 1000, embeddingDim: 64 }),
      on('e', 'n', 'layer-norm'),
      on('n', 'f', 'flatten'),
      on('f', 'z', 'dense', { units: 64 })
    ]
  ],
  [
    'branches',
    [100],
    [
      on('input', 'a', 'dense', { units: 256 }),
      on('input', 'b', 'dense', { units: 256 }),
      on('a,b', 'c', 'concat'),
      on('a,b', 'm', 'multiply'),
      on('c,m', 'z', 'concat')
    ]
  ]
]

describe('trainingBytes', () => {
  afterEach(() => vi.restoreAllMocks())

  const cases = networks.flatMap(([title, inputShape, layers]) =>
    [
      { batchSize: 64, rows: 400, optimizer: 'adam' },
      { batchSize: 8, rows: 100, optimizer: 'sgd' }
    ].map((each) => ({ title, inputShape, layers, ...each }))
  )

  it.each(cases)(
    '$title, batch of $batchSize, $optimizer',
    ({ inputShape, layers, batchSize, rows, optimizer: type }) => {
      const spec = {
        inputShape,
        layers: [
          ...layers,
          on('z', 'flat', 'flatten'),
          on('flat', 'output', 'dense', { units: 10, activation: 'identity' })
        ],
        output: 'output'
      }
      const model = compileModel(spec)
      const optimizer = optimizerNamed(type)
      const config = defaultsOf(optimizer.fields)
      const width = inputShape.reduce((product, size) => product * size, 1)
      const samples = (count: number) => ({
        features: { shape: [count, ...inputShape], data: new Float64Array(count * width) },
        targets: { shape: [count, 1], data: new Float64Array(count) }
      })
      const create = vi.spyOn(Layout.prototype, 'createMemory')
      const [kernels] = allKernels
      if (kernels === undefined) throw new Error('no kernels')
      const executor = WasmExecutor.create(
        {
          ...{
            model,
            loss: 'cross-entropy',
            lossSettings: lossDefaults('cross-entropy'),
            task: 'multi-class',
            seed: 1
          },
          ...{ optimizer, config, batchSize, parameters: initializeParameters(model, 1) },
          ...{ training: samples(rows), validation: samples(rows) }
        },
        kernels
      )
      if (!('op' in executor)) executor.close()
      const [layout] = create.mock.contexts
      const taken = layout instanceof Layout ? layout.bytes : NaN
      const stateSlots = optimizer.init([1], config).length
      const size = { batchSize, trainingRows: rows, validationRows: rows, stateSlots }
      const ratio = trainingBytes(describeModel(spec), size) / taken
      expect(ratio).toBeGreaterThan(1 / FACTOR)
      expect(ratio).toBeLessThan(FACTOR)
    }
  )

  it('sees a network that no memory holds, and one that is mistaken', () => {
    const size = { batchSize: 4096, trainingRows: 1e6, validationRows: 0, stateSlots: 2 }
    const spec = {
      inputShape: [3, 512, 512],
      layers: [conv('input', 'a', 64), on('a', 'z', 'global-avg-pool'), on('z', 'output', 'dense', { units: 2 })],
      output: 'output'
    }
    expect(trainingBytes(describeModel(spec), size)).toBeGreaterThan(MAX_TRAINING_BYTES)
    const mistaken = describeModel({ ...spec, inputShape: [3] })
    const tiny = { batchSize: 8, trainingRows: 60_000, validationRows: 60_000, stateSlots: 0 }
    const images = describeModel({ ...spec, inputShape: [400] })
    expect(trainingBytes(images, tiny)).toBeGreaterThan(4 * 120_000 * 401)
    expect(trainingBytes(images, { ...tiny, rowsAreMade: true })).toBeLessThan(2 * 2 ** 26 + 2 ** 22)
    expect(trainingBytes(mistaken, { ...size, trainingRows: 10 })).toBeLessThan(MAX_TRAINING_BYTES)
  })
})
