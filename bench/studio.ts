/** Times the studio's training step: forward, backward and update on resident data, the loss read every 50 steps. */
import {
  compileModel,
  initializeParameters,
  modelSpecOf,
  permutation,
  RandomStream,
  type Model,
  type Samples
} from '../src/engine'
import type { LayerNode } from '../src/engine/spec'
import type { Batch } from '../src/engine/executors/training-executor'
import { providedKernels } from '../src/engine/executors/wasm/kernels'
import { WasmExecutor } from '../src/engine/executors/wasm/training-executor'
import { parseConfig, type Config } from '../src/engine/fields'
import { lossFor } from '../src/engine/losses'
import { optimizerNamed, type OptimizerSpec } from '../src/engine/optimizers'
import { stepScalars } from '../src/engine/train/step-graph'
import { inputSize, type Workload } from './workloads'

const STEPS_PER_READ = 50
/** Batches in the resident data. */
const BATCHES = 8

export class StudioSteps {
  readonly #executor: WasmExecutor
  readonly #batches: readonly Int32Array[]
  readonly #optimizer: OptimizerSpec
  readonly #config: Config
  #step = 0

  /** @param threads 0: as many as are worth it */
  constructor(workload: Workload, threads = 0) {
    const { sizes, batchSize, optimizer: type } = workload
    const features = inputSize(workload)
    const classes = sizes.at(-1) ?? 2
    const model = modelOf(workload)
    const rows = batchSize * BATCHES
    const random = new RandomStream(1, 'bench')
    const samples = {
      features: { shape: [rows, features], data: new Float64Array(rows * features).map(() => random.normal()) },
      targets: { shape: [rows, 1], data: new Float64Array(rows).map((_, row) => row % classes) }
    }
    this.#optimizer = optimizerNamed(type)
    const settings = type === 'sgd' ? { learningRate: 1e-4, momentum: 0 } : { learningRate: 1e-4 }
    this.#config = parseConfig(this.#optimizer.label, this.#optimizer.fields, settings)
    const kernels = providedKernels()
    if (kernels === null) throw new Error('the kernels are not compiled; run `node scripts/build-kernels.mjs`')
    const loss = lossFor('cross-entropy', 'multi-class')
    const executor = WasmExecutor.create(
      {
        model,
        loss: 'cross-entropy',
        lossSettings: { config: parseConfig(loss.label, loss.fields, {}), classWeights: null },
        seed: 1,
        task: 'multi-class',
        optimizer: this.#optimizer,
        config: this.#config,
        batchSize,
        training: samples,
        validation: samples,
        parameters: initializeParameters(model, 1),
        threads
      },
      kernels
    )
    if ('op' in executor) throw new Error(`there is no kernel for "${executor.op}"`)
    this.#executor = executor
    const order = permutation(1, 'bench', 0, rows)
    this.#batches = Array.from({ length: BATCHES }, (_, i) => order.subarray(i * batchSize, (i + 1) * batchSize))
  }

  get threads(): number {
    return this.#executor.threads
  }

  close(): void {
    this.#executor.close()
  }

  /** Microseconds a step, over that many steps. */
  time(steps: number): number {
    const start = performance.now()
    for (let done = 0; done < steps; done += STEPS_PER_READ) this.#take(Math.min(STEPS_PER_READ, steps - done))
    return ((performance.now() - start) * 1000) / steps
  }

  #take(count: number): void {
    const batches: Batch[] = Array.from({ length: count }, () => ({
      rows: this.#batches[this.#step % BATCHES] ?? new Int32Array(),
      epoch: 0,
      scalars: stepScalars(this.#optimizer, this.#config, ++this.#step)
    }))
    const { losses, failure } = this.#executor.takeSteps(batches)
    if (failure !== null || losses.length !== count) throw new Error(`the step diverged in ${String(failure?.scope)}`)
  }
}

export function modelOf(workload: Workload): Model {
  const classes = workload.sizes.at(-1) ?? 2
  const layers = hiddenLayers(workload)
  return compileModel(modelSpecOf(layers, inputSize(workload), 'multi-class', 'cross-entropy', classes))
}

/** All but the output layer. */
export function hiddenLayers(workload: Workload): LayerNode[] {
  const units = workload.sizes.slice(1, -1)
  const dense = units.map((each, i) => layer(`dense${i + 1}`, 'dense', { units: each, activation: 'relu' }))
  return [...convolutionLayers(workload), ...dense]
}

function convolutionLayers({ convolution }: Workload): LayerNode[] {
  if (convolution === undefined) return []
  const { image, filters, kernel, pool } = convolution
  const [size1, size2, size3] = image
  return [
    layer('image', 'reshape', { size1, size2, size3 }),
    ...filters.flatMap((outChannels, i) => [
      layer(`conv${i + 1}`, 'conv2d', { outChannels, kernelSize: kernel, padding: 'same', activation: 'relu' }),
      layer(`pool${i + 1}`, 'max-pool2d', { kernelSize: pool })
    ]),
    layer('flat', 'flatten', {})
  ]
}

function layer(name: string, type: string, config: Config): LayerNode {
  return { name, type, inputs: [], config }
}

/** Rows of numbers drawn at random, and the classes in turn. */
export function samplesOf(workload: Workload, rows: number): Samples {
  const features = inputSize(workload)
  const random = new RandomStream(1, 'forward')
  const data = new Float64Array(rows * features).map(() => Math.fround(random.normal()))
  const classes = workload.sizes.at(-1) ?? 2
  return {
    features: { shape: [rows, features], data },
    targets: { shape: [rows, 1], data: new Float64Array(rows).map((_, row) => row % classes) }
  }
}
