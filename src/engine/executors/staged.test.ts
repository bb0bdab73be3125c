/** Trainings on rows that are made when asked for: by both executors, as on the same rows held whole. */
import { beforeAll, describe, expect, it } from 'vitest'
import { allKernels, kernelBytes } from '../../../tests/kernels'
import { augmented } from '../augment/augment'
import { parseConfig, type Config } from '../fields'
import { compileModel, initializeParameters, keptTensors } from '../model/model'
import { optimizerNamed } from '../optimizers'
import { permutation, RandomStream } from '../random/stream'
import type { ModelSpec } from '../spec'
import { denseNode, lossDefaults, sourceOf } from '../testing'
import { rowNumbers, type Features, type RowSource } from '../train/row-source'
import type { Samples } from '../train/samples'
import { stepScalars } from '../train/step-graph'
import { createTraining, type TrainOptions } from '../train/training'
import { ReferenceExecutor } from './reference/training-executor'
import type { Batch, TrainingProblem } from './training-executor'
import { provideKernels } from './wasm/kernels'
import { WasmExecutor, type WasmOptions } from './wasm/training-executor'
import type { ThreadHost } from './wasm/threads'

const ROWS = 75
const BATCH = 8
const CLASSES = 3

const spec: ModelSpec = {
  inputShape: [1, 6, 5],
  layers: [
    {
      ...{ name: 'conv', type: 'conv2d', inputs: ['input'] },
      config: { outChannels: 3, kernelSize: 3, activation: 'tanh' }
    },
    { name: 'flat', type: 'flatten', inputs: ['conv'], config: {} },
    { ...denseNode('dense', 9), inputs: ['flat'] },
    { ...denseNode('output', CLASSES, 'identity'), inputs: ['dense'] }
  ],
  output: 'output'
}
const model = compileModel(spec)
/** Without a bound on what it makes of large numbers. */
const unbounded = compileModel({
  ...spec,
  layers: spec.layers.map((layer) =>
    'activation' in layer.config ? { ...layer, config: { ...layer.config, activation: 'identity' } } : layer
  )
})

function samplesOf(rows: number, seed: number): Samples & { source: RowSource } {
  const random = new RandomStream(seed, 'pixels')
  const data = new Float64Array(rows * 30).map(() => random.uniform())
  const features = { shape: [rows, 1, 6, 5], data }
  const targets = { shape: [rows, 1], data: new Float64Array(rows).map(() => random.below(CLASSES)) }
  const image = { channels: 1, height: 6, width: 5, black: [0], white: [1] }
  return { features, targets, source: { ...sourceOf(features), image } }
}

const training = samplesOf(ROWS, 1)
const validation = samplesOf(300, 2)
const held: { readonly training: Samples; readonly validation: Samples } = { training, validation }
const made = {
  training: { features: training.source, targets: training.targets },
  validation: { features: validation.source, targets: validation.targets }
}
const all: Config = { flipHorizontal: true, shift: 0.2, rotate: 30, zoom: 0.2, brightness: 0.3 }

function problemOf(rows: { training: Samples; validation: Samples }, of = model): TrainingProblem {
  const optimizer = optimizerNamed('adam')
  return {
    ...{ model: of, task: 'multi-class', loss: 'cross-entropy', lossSettings: lossDefaults('cross-entropy'), seed: 1 },
    ...{ optimizer, config: parseConfig('', optimizer.fields, {}), batchSize: BATCH, ...rows },
    parameters: initializeParameters(of, 1)
  }
}

function batchesOf({ optimizer, config }: TrainingProblem): Batch[] {
  return Array.from({ length: 6 }, (_, epoch) => permutation(1, 'shuffle', epoch, ROWS)).flatMap((order, epoch) =>
    Array.from({ length: Math.ceil(ROWS / BATCH) }, (_, i) => ({
      rows: order.subarray(i * BATCH, (i + 1) * BATCH),
      epoch,
      scalars: stepScalars(optimizer, config, epoch * Math.ceil(ROWS / BATCH) + i + 1)
    }))
  )
}

/** Losses, what validation gives, and all parameters after some epochs. */
function resultOf(problem: TrainingProblem, create: (problem: TrainingProblem) => WasmExecutor | ReferenceExecutor) {
  const executor = create(problem)
  const taken = executor.takeSteps(batchesOf(problem))
  const judged = executor.validate()
  const values = keptTensors(problem.model).map(({ name }) => executor.read(name))
  executor.close()
  return { taken, judged, values }
}

function reference(problem: TrainingProblem): ReferenceExecutor {
  return new ReferenceExecutor(problem)
}

describe.each([
  ...allKernels.map((kernels) => ({
    name: `wasm, ${kernels.build}`,
    create: (problem: TrainingProblem, options: WasmOptions = {}) => {
      const executor = WasmExecutor.create(problem, kernels, { host: null, ...options })
      if ('op' in executor) throw new Error(`no kernel for ${executor.op}`)
      return executor
    }
  })),
  { name: 'reference', create: reference }
])('rows made when asked for: $name', ({ create }) => {
  const expected = resultOf(problemOf(held), create)

  it('train to the same bits as rows held whole', () => {
    expect(expected.taken.failure).toBeNull()
    expect(expected.taken.losses).toHaveLength(60)
    expect(resultOf(problemOf(made), create)).toEqual(expected)
    expect(resultOf(problemOf({ ...held, training: made.training }), create)).toEqual(expected)
    expect(resultOf(problemOf({ ...held, validation: made.validation }), create)).toEqual(expected)
  })

  it('are those of the batch’s epoch, and have none where they are judged', () => {
    const passes: (number | null)[] = []
    const spied = (source: RowSource): RowSource => ({
      ...source,
      write: (rows, into, at, pass) => {
        passes.push(pass?.epoch ?? null)
        source.write(rows, into, at, pass)
      }
    })
    const problem = problemOf({
      training: { ...made.training, features: spied(made.training.features) },
      validation: { ...made.validation, features: spied(made.validation.features) }
    })
    resultOf(problem, create)
    const asked = batchesOf(problem).map(({ epoch }) => epoch)
    expect(passes.slice(0, asked.length)).toEqual(asked)
    expect(passes.length).toBeGreaterThan(asked.length)
    expect(passes.slice(asked.length).every((pass) => pass === null)).toBe(true)
  })

  it.runIf(create !== reference)('are the same where a step that failed is looked at again', () => {
    const large: RowSource = {
      ...made.training.features,
      write: (rows, into, at, pass) => {
        made.training.features.write(rows, into, at, pass)
        if (pass?.epoch === 2) into.fill(3e38, at, at + rows.length * 30)
      }
    }
    // Nine numbers are added up there: beyond float32 in that pass alone.
    const summing = (rows: typeof held): TrainingProblem => {
      const problem = problemOf(rows, unbounded)
      const ones = [...problem.parameters].map(([name, { shape, data }]) => {
        return [name, { shape, data: name === 'conv.weight' ? data.map(() => 1) : data }] as const
      })
      return { ...problem, parameters: new Map(ones) }
    }
    const { taken } = resultOf(summing({ ...held, training: { ...made.training, features: large } }), create)
    expect(taken.losses).toEqual(resultOf(summing(held), create).taken.losses.slice(0, 20))
    expect(taken.failure).toEqual({ scope: 'conv', what: 'numbers' })
  })
})

describe('augmented rows', () => {
  beforeAll(() => provideKernels(kernelBytes))
  const [kernels] = allKernels
  if (kernels === undefined) throw new Error('There are no kernels')

  /** The features, and what was written of every row in every pass. */
  function watched(features: Features): { features: RowSource; seen: Map<string, number[]> } {
    if (!('write' in features)) throw new Error('no source')
    const seen = new Map<string, number[]>()
    const write: RowSource['write'] = (rows, into, at, pass) => {
      features.write(rows, into, at, pass)
      rows.forEach((row, i) => {
        const values = [...into.subarray(at + i * 30, at + (i + 1) * 30)]
        seen.set(`${pass?.epoch ?? 'judged'}/${row}`, values.map(Math.fround))
      })
    }
    return { features: { ...features, write }, seen }
  }

  it('are the same for both executors', () => {
    const [fast, slow] = [0, 1].map(() => watched(augmented(training.source, all, 5)))
    if (fast === undefined || slow === undefined) throw new Error('nothing watched')
    const problems = [fast, slow].map(({ features }) =>
      problemOf({ ...held, training: { features, targets: training.targets } })
    )
    const [first = problemOf(held), second = problemOf(held)] = problems
    const executor = WasmExecutor.create(first, kernels, { host: null })
    if ('op' in executor) throw new Error(`no kernel for ${executor.op}`)
    const [got, expected] = [
      executor.takeSteps(batchesOf(first)),
      new ReferenceExecutor(second).takeSteps(batchesOf(second))
    ]
    expect(fast.seen.size).toBe(6 * ROWS)
    expect(fast.seen).toEqual(slow.seen)
    const errors = got.losses.map((loss, i) => Math.abs(loss / (expected.losses[i] ?? NaN) - 1))
    expect(Math.max(...errors)).toBeLessThan(1e-4)
  })

  it('are the same in a step that is taken again after a thread was lost', () => {
    const dead: ThreadHost = {
      processors: 2,
      start: ({ memory, team }) => {
        Atomics.add(new Int32Array(memory.buffer), (team + 264) / 4, 1)
        return { ended: false, end: () => undefined }
      }
    }
    const rows = { ...held, training: { features: augmented(training.source, all, 5), targets: training.targets } }
    const run = (options: WasmOptions, threads: number) =>
      resultOf({ ...problemOf(rows), threads }, (problem) => {
        const executor = WasmExecutor.create(problem, kernels, options)
        if ('op' in executor) throw new Error(`no kernel for ${executor.op}`)
        expect(executor.threads).toBe(threads)
        return executor
      })
    const alone = run({ host: null }, 1)
    expect(run({ host: dead, leastWork: 0, patienceMs: 50, startMs: 200 }, 2)).toEqual(alone)
  })

  const options = (augmentation: Config, seed = 1): TrainOptions => ({
    ...{ model, task: 'multi-class', answers: CLASSES, loss: 'cross-entropy', seed, augmentation },
    ...{ optimizer: { type: 'adam', config: {} }, batchSize: BATCH, epochs: 4, ...made }
  })

  async function curve(wanted: TrainOptions, stepsAhead = 1, pauseAt = Infinity) {
    const run = createTraining(wanted)
    const told: unknown[] = []
    try {
      for (let again = true; again;) {
        again = false
        for await (const event of run.events(undefined, { stepsAhead })) {
          told.push(event)
          if (told.length === pauseAt) {
            again = true
            break
          }
        }
      }
      return { told, parameters: run.parameters }
    } finally {
      run.close()
    }
  }

  it('give the same run at every pace, paused or not, by the same seed', async () => {
    const expected = await curve(options(all))
    expect(await curve(options(all), 64)).toEqual(expected)
    expect(await curve(options(all), 3, 15)).toEqual(expected)
    expect(await curve(options(all, 2))).not.toEqual(expected)
    expect(await curve(options({}))).not.toEqual(expected)
  })

  it('that are all off give the run without them', async () => {
    const { augmentation, ...without } = options({})
    expect(augmentation).toEqual({})
    expect(await curve(options({ shift: 0, flipVertical: false }))).toEqual(await curve(without))
  })

  it('are refused where rows are no images', () => {
    expect(() => createTraining({ ...options(all), ...held })).toThrow(/Augmentation changes images/)
  })

  it('leave the rows that are judged alone', async () => {
    const judged = watched(validation.source)
    await curve({ ...options(all), validation: { ...made.validation, features: judged.features } })
    expect(judged.seen.size).toBe(300)
    const [first] = validation.features.shape
    expect(rowNumbers(0, first ?? 0).every((row) => judged.seen.has(`judged/${row}`))).toBe(true)
  })
})
