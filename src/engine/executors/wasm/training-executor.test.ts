/** Whole trainings by the wasm executor: against the reference, from run to run, in parts, and when they diverge. */
import { beforeAll, describe, expect, it } from 'vitest'
import { allKernels, kernelBytes } from '../../../../tests/kernels'
import { workerThreads } from '../../../../tests/threads'
import { NumericError } from '../../../shared/errors'
import { activations } from '../../activations'
import { parseConfig, type Config } from '../../fields'
import { lossFor, type LossName } from '../../losses'
import { compileModel, initializeParameters } from '../../model/model'
import { modelSpecOf } from '../../model/spec-of'
import { optimizerNamed, optimizerSpecs } from '../../optimizers'
import { permutation, RandomStream } from '../../random/stream'
import type { Task } from '../../spec'
import { answersFor, denseNode, drawTargets, lossDefaults, targetWidth } from '../../testing'
import type { Samples } from '../../train/samples'
import { stepScalars } from '../../train/step-graph'
import { createTraining, type TrainEvent, type TrainOptions, type Training } from '../../train/training'
import { ReferenceExecutor } from '../reference/training-executor'
import type { Batch, TrainingExecutor, TrainingProblem } from '../training-executor'
import { provideKernels, type Kernels } from './kernels'
import { Layout } from './layout'
import { WasmExecutor, type WasmOptions } from './training-executor'
import type { StartedThread, ThreadHost } from './threads'

/** What float32 may add up to over 200 steps; a wrong gradient shows in the first. */
const CURVE_TOLERANCE = 1e-4
const STEPS = 200
const ROWS = 150
const BATCH = 16

function samplesFor(task: Task, rows: number, features: number, classes = answersFor[task]): Samples {
  const random = new RandomStream(1, 'samples')
  const data = new Float64Array(rows * features).map(() => Math.fround(random.normal()))
  const targets = drawTargets(random, task, classes, rows)
  return {
    features: { shape: [rows, features], data },
    targets: { shape: [rows, targetWidth(task, classes)], data: targets.map(Math.fround) }
  }
}

function problemFor(
  task: Task,
  loss: LossName,
  activation: string,
  type: string,
  config: Config,
  classes = answersFor[task]
): TrainingProblem {
  const features = 7
  const hidden = [denseNode('dense1', 13, activation), denseNode('dense2', 8, activation)]
  const model = compileModel(modelSpecOf(hidden, features, task, loss, classes))
  const optimizer = optimizerNamed(type)
  const samples = samplesFor(task, ROWS, features, classes)
  return {
    model,
    loss,
    lossSettings: lossDefaults(loss),
    task,
    seed: 1,
    optimizer,
    config: parseConfig(optimizer.label, optimizer.fields, config),
    batchSize: BATCH,
    training: samples,
    validation: samples,
    parameters: new Map(
      [...initializeParameters(model, 1)].map(([name, { shape, data }]) => [
        name,
        { shape, data: data.map(Math.fround) }
      ])
    )
  }
}

function wasm(problem: TrainingProblem, kernels: Kernels, options: WasmOptions = {}): WasmExecutor {
  const executor = WasmExecutor.create(problem, kernels, options)
  if ('op' in executor) throw new Error(`no kernel for ${executor.op}`)
  return executor
}

/** 200 steps through the rows, epoch by epoch, each with a smaller last batch. */
function batchesOf({ optimizer, config }: TrainingProblem): Batch[] {
  const rows: Int32Array[] = []
  for (let epoch = 0; rows.length < STEPS; epoch++) {
    const order = permutation(1, 'shuffle', epoch, ROWS)
    for (let at = 0; at < ROWS; at += BATCH) rows.push(order.subarray(at, at + BATCH))
  }
  return rows
    .slice(0, STEPS)
    .map((each, i) => ({ rows: each, epoch: 0, scalars: stepScalars(optimizer, config, i + 1) }))
}

/** Smooth and gentle: at a kink, or where Lion's sign turns, the smallest difference decides about a whole step. */
const cases: readonly (readonly [Task, LossName, string, string, Config])[] = [
  ...(['regression', 'binary', 'multi-class', 'multi-label'] as const).flatMap((task) =>
    (['squared', 'absolute', 'huber', 'log', 'cross-entropy', 'hinge'] as const)
      .filter((loss) => serves(loss, task))
      .map((loss) => [task, loss, 'tanh', 'sgd', { learningRate: 0.02 }] as const)
  ),
  ...activations.map(({ name }) => ['multi-class', 'cross-entropy', name, 'sgd', { learningRate: 0.02 }] as const),
  ...optimizerSpecs.map(({ type }) => ['binary', 'cross-entropy', 'tanh', type, { learningRate: 1e-4 }] as const),
  ['binary', 'log', 'relu', 'adam', { learningRate: 0.001, weightDecay: 0.01 }]
]

function serves(loss: LossName, task: Task): boolean {
  try {
    lossFor(loss, task)
    return true
  } catch {
    return false
  }
}

describe.each(allKernels.map((kernels) => ({ kernels, build: kernels.build })))('$build kernels', ({ kernels }) => {
  it.each(cases)('follow the reference for 200 steps: %s, %s, %s, %s %j', (task, loss, activation, type, config) => {
    const problem = problemFor(task, loss, activation, type, config)
    const batches = batchesOf(problem)
    const fast = wasm(problem, kernels)
    const slow = new ReferenceExecutor(problem)
    const [got, expected] = [fast.takeSteps(batches), slow.takeSteps(batches)]
    expect(got.failure).toBeNull()
    expect(got.losses).toHaveLength(STEPS)
    const errors = got.losses.map((value, i) => Math.abs(value / (expected.losses[i] ?? NaN) - 1))
    expect(Math.max(...errors)).toBeLessThanOrEqual(CURVE_TOLERANCE)
    expect(got.outputs.shape).toEqual(expected.outputs.shape)
    const difference = got.outputs.data.map((value, i) => Math.abs(value - (expected.outputs.data[i] ?? NaN)))
    expect(Math.max(...difference)).toBeLessThanOrEqual(1e-3)
    const [judged, right] = [fast.validate(), slow.validate()]
    expect(Math.abs(judged.loss / right.loss - 1)).toBeLessThanOrEqual(CURVE_TOLERANCE)
    expect(judged.outputs.shape).toEqual(right.outputs.shape)
  })

  it.each([2, 4, 5, 16, 17])('follow the reference with %d classes', (classes) => {
    const problem = problemFor('multi-class', 'cross-entropy', 'tanh', 'sgd', { learningRate: 0.02 }, classes)
    const batches = batchesOf(problem)
    const [got, expected] = [wasm(problem, kernels), new ReferenceExecutor(problem)].map((each) =>
      each.takeSteps(batches)
    )
    expect(got?.failure).toBeNull()
    const errors = got?.losses.map((value, i) => Math.abs(value / (expected?.losses[i] ?? NaN) - 1)) ?? []
    expect(errors).toHaveLength(STEPS)
    expect(Math.max(...errors)).toBeLessThanOrEqual(CURVE_TOLERANCE)
    const difference = got?.outputs.data.map((value, i) => Math.abs(value - (expected?.outputs.data[i] ?? NaN))) ?? []
    expect(Math.max(...difference)).toBeLessThanOrEqual(1e-3)
  })

  it('give the same bits from run to run, and however many steps are taken at once', () => {
    const problem = problemFor('multi-class', 'cross-entropy', 'gelu', 'adam', {})
    const batches = batchesOf(problem)
    const whole = wasm(problem, kernels)
    const all = whole.takeSteps(batches)
    expect(wasm(problem, kernels).takeSteps(batches)).toEqual(all)
    const single = wasm(problem, kernels)
    expect(batches.flatMap((batch) => single.takeSteps([batch]).losses)).toEqual(all.losses)
    expect(valuesOf(single, problem)).toEqual(valuesOf(whole, problem))
  })

  it.each([2, 3])('give the same bits on %d threads as on one', (threads) => {
    const problem = problemFor('multi-class', 'cross-entropy', 'gelu', 'adam', {})
    const batches = batchesOf(problem)
    const alone = wasm(problem, kernels)
    const expected = alone.takeSteps(batches)
    // So small a network is shared only because it is asked for.
    const team = wasm({ ...problem, threads }, kernels, { host: workerThreads, leastWork: 0 })
    try {
      expect(team.threads).toBe(threads)
      expect(team.takeSteps(batches.slice(0, 70)).losses).toEqual(expected.losses.slice(0, 70))
      expect(team.takeSteps(batches.slice(70)).losses).toEqual(expected.losses.slice(70))
      expect(valuesOf(team, problem)).toEqual(valuesOf(alone, problem))
      expect(team.validate()).toEqual(alone.validate())
      expect(team.notice).toBeNull()
    } finally {
      team.close()
    }
  })

  it('stop at the same step on several threads, and keep the parameters before it', () => {
    const problem = problemFor('regression', 'squared', 'relu', 'sgd', { learningRate: 30, momentum: 0.9 })
    const batches = batchesOf(problem)
    const alone = wasm(problem, kernels)
    const expected = alone.takeSteps(batches)
    const team = wasm({ ...problem, threads: 2 }, kernels, { host: workerThreads, leastWork: 0 })
    try {
      expect(team.takeSteps(batches)).toEqual(expected)
      expect(valuesOf(team, problem)).toEqual(valuesOf(alone, problem))
    } finally {
      team.close()
    }
  })

  it('go on from parameters and state that were read and written', () => {
    const problem = problemFor('binary', 'log', 'tanh', 'adam', {})
    const batches = batchesOf(problem)
    const whole = wasm(problem, kernels)
    const expected = whole.takeSteps(batches).losses
    const first = wasm(problem, kernels)
    const losses = [...first.takeSteps(batches.slice(0, 77)).losses]
    const second = wasm(problem, kernels)
    second.write(valuesOf(first, problem))
    losses.push(...second.takeSteps(batches.slice(77)).losses)
    expect(losses).toEqual(expected)
    expect(valuesOf(second, problem)).toEqual(valuesOf(whole, problem))
  })

  it('keep parameters and state of the last step whose numbers were finite', () => {
    const problem = problemFor('regression', 'squared', 'relu', 'sgd', { learningRate: 30, momentum: 0.9 })
    const batches = batchesOf(problem)
    const executor = wasm(problem, kernels)
    const { losses, outputs, failure } = executor.takeSteps(batches)
    expect(losses.length).toBeGreaterThan(1)
    expect(losses.length).toBeLessThan(STEPS)
    expect(losses.every(Number.isFinite)).toBe(true)
    expect(outputs.shape).toEqual([batches.slice(0, losses.length).reduce((sum, { rows }) => sum + rows.length, 0), 1])
    expect(['dense1', 'dense2', 'output', 'loss']).toContain(failure?.scope)
    const replayed = wasm(problem, kernels)
    replayed.takeSteps(batches.slice(0, losses.length))
    expect(valuesOf(executor, problem)).toEqual(valuesOf(replayed, problem))
    for (const values of valuesOf(executor, problem).values()) expect(values.every(Number.isFinite)).toBe(true)
  })
})

/** Every parameter and all state. */
function valuesOf(
  executor: TrainingExecutor,
  { model, optimizer, config }: TrainingProblem
): Map<string, Float64Array> {
  const names = model.parameters.flatMap(({ name, shape }) => [
    name,
    ...optimizer.init(shape, config).map((slot) => `optimizer.${slot.name}.${name}`)
  ])
  return new Map(names.map((name) => [name, executor.read(name)]))
}

describe('threads', () => {
  const [kernels] = allKernels
  if (kernels === undefined) throw new Error('There are no kernels')
  const problem = problemFor('binary', 'log', 'tanh', 'adam', {})
  const batches = batchesOf(problem)
  const expected = wasm(problem, kernels, { host: null }).takeSteps(batches)
  const options = { leastWork: 0, patienceMs: 50, startMs: 200 }

  /** As the real one, and lets a test end threads. */
  function hostWith(started: StartedThread[]): ThreadHost {
    return {
      processors: 2,
      start: (work) => {
        const thread = workerThreads.start(work)
        started.push(thread)
        return thread
      }
    }
  }

  it('are not used where the work is not worth it', () => {
    const executor = wasm(problem, kernels, { host: workerThreads })
    expect(executor.threads).toBe(1)
    expect(executor.notice).toBeNull()
  })

  it('are used without being asked for where it is', () => {
    const wide = compileModel(modelSpecOf([denseNode('dense1', 256), denseNode('dense2', 256)], 7, 'binary', 'log', 2))
    const parameters = initializeParameters(wide, 1)
    const executor = wasm({ ...problem, model: wide, parameters }, kernels, { host: hostWith([]) })
    expect(executor.threads).toBe(2)
    executor.close()
  })

  it('that are lost at work are done without, to the same bits', () => {
    // Says that it serves and never does, as a thread that died does.
    const dead: ThreadHost = {
      processors: 2,
      start: ({ memory, team }) => {
        Atomics.add(new Int32Array(memory.buffer), (team + 264) / 4, 1)
        return { ended: false, end: () => undefined }
      }
    }
    const executor = wasm({ ...problem, threads: 2 }, kernels, { ...options, host: dead })
    expect(executor.threads).toBe(2)
    expect(executor.takeSteps(batches)).toEqual(expected)
    expect(executor.threads).toBe(1)
    expect(executor.notice).toContain('A thread was lost')
  })

  it('that were ended between calls are done without, to the same bits', async () => {
    const started: StartedThread[] = []
    const executor = wasm({ ...problem, threads: 2 }, kernels, { ...options, host: hostWith(started) })
    const losses = [...executor.takeSteps(batches.slice(0, 90)).losses]
    expect(executor.threads).toBe(2)
    started.forEach((thread) => thread.end())
    while (!started.every(({ ended }) => ended)) await new Promise((resolve) => setTimeout(resolve, 5))
    losses.push(...executor.takeSteps(batches.slice(90)).losses)
    expect(losses).toEqual(expected.losses)
    expect(executor.threads).toBe(1)
  })

  it('that do not start are done without, and it is said', () => {
    const silent: ThreadHost = { processors: 2, start: () => ({ ended: false, end: () => undefined }) }
    const refusing: ThreadHost = {
      processors: 2,
      start: () => {
        throw new Error('no more')
      }
    }
    for (const [host, notice] of [
      [silent, '2 threads did not start within 0.2 s.'],
      [refusing, 'Threads cannot be started: no more'],
      [null, 'This host provides no threads: training runs on one.']
    ] as const) {
      const executor = wasm({ ...problem, threads: 2 }, kernels, { ...options, host })
      expect(executor.threads).toBe(1)
      expect(executor.notice).toBe(notice)
      expect(executor.takeSteps(batches.slice(0, 9)).losses).toEqual(expected.losses.slice(0, 9))
    }
  })

  it('end when the executor is closed, which can still be read', async () => {
    const started: StartedThread[] = []
    const executor = wasm({ ...problem, threads: 3 }, kernels, { ...options, host: hostWith(started) })
    executor.takeSteps(batches)
    const before = valuesOf(executor, problem)
    executor.close()
    executor.close()
    while (!started.every(({ ended }) => ended)) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(started).toHaveLength(2)
    expect(valuesOf(executor, problem)).toEqual(before)
  })
})

describe('createTraining with kernels', () => {
  beforeAll(() => provideKernels(kernelBytes))

  function options(changes: Partial<TrainOptions> = {}): TrainOptions {
    const samples = samplesFor('binary', 100, 3)
    const model = compileModel(modelSpecOf([denseNode('dense1', 8)], 3, 'binary', 'log', 2))
    return {
      model,
      task: 'binary',
      answers: 2,
      loss: 'log',
      optimizer: { type: 'adam', config: {} },
      batchSize: 16,
      epochs: 3,
      seed: 1,
      training: samples,
      validation: samples,
      ...changes
    }
  }

  async function pull(training: Training, stepsAhead: number, most = Infinity): Promise<TrainEvent[]> {
    const events: TrainEvent[] = []
    if (most === 0) return events
    for await (const event of training.events(undefined, { stepsAhead })) if (events.push(event) === most) break
    return events
  }

  const bits = (training: Training) => [...training.parameters].map(([name, { data }]) => [name, [...data]])

  it('takes wasm unless the reference is asked for', () => {
    expect(createTraining(options()).executor).toMatchObject({ name: 'wasm', reason: null })
    expect(createTraining(options({ executor: 'reference' })).executor).toMatchObject({
      name: 'reference',
      reason: null
    })
  })

  it('tells the same events at every pace', async () => {
    const [slow, fast] = [createTraining(options()), createTraining(options())]
    expect(await pull(fast, Infinity)).toEqual(await pull(slow, 1))
    expect(bits(fast)).toEqual(bits(slow))
  })

  it.each([1, 2, 5, 7, 8, 9, 13])('stands exactly at the step told last, stopped after event %d', async (most) => {
    const slow = createTraining(options())
    await pull(slow, 1, most)
    expect(slow.stepsAhead).toBe(0)
    const fast = createTraining(options())
    await pull(fast, Infinity, most)
    const behind = fast.stepsAhead
    // What runs ahead stays within the epoch.
    expect(behind).toBeLessThan(fast.stepsPerEpoch)
    while (fast.stepsAhead > 0) await pull(fast, Infinity, 1)
    await pull(slow, 1, behind)
    expect(bits(fast)).toEqual(bits(slow))
    expect(await pull(fast, 1)).toEqual(await pull(slow, 1))
  })

  it.each([1e30, 1e10])('stops at learning rate %d, naming layer, step and epoch', async (learningRate) => {
    const samples = samplesFor('regression', 100, 3)
    const model = compileModel(modelSpecOf([denseNode('dense1', 8)], 3, 'regression', 'squared', 1))
    const training = createTraining(
      options({
        ...{ model, task: 'regression', answers: 1, loss: 'squared', training: samples, validation: samples },
        optimizer: { type: 'sgd', config: { learningRate } }
      })
    )
    const told: TrainEvent[] = []
    const failure = await (async () => {
      for await (const event of training.events(undefined, { stepsAhead: Infinity })) told.push(event)
    })().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(NumericError)
    if (!(failure instanceof NumericError)) return
    expect(failure.code).toBe('diverged')
    expect(['dense1', 'output']).toContain(failure.details['layer'])
    const steps = told.filter(({ type }) => type === 'step').length
    expect(failure.details['step']).toBe(steps + 1)
    for (const { data } of training.parameters.values()) expect(data.every(Number.isFinite)).toBe(true)
    await expect(training.events().next()).rejects.toBe(failure)
  })
})

it('says before training that the memory does not suffice, with the estimate', () => {
  const layout = new Layout()
  layout.take(5 * 2 ** 30)
  expect(() => layout.createMemory()).toThrow(expect.objectContaining({ code: 'model-too-large' }))
  expect(() => layout.createMemory('wide')).toThrow(
    /^Training needs about 5121 MB of memory, more than the 4096 MB .*The largest layer is "wide"\./
  )
})
