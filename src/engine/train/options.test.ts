/** What a training is made of: first weights, order of rows, schedules, loss settings, no validation rows. */
import { beforeAll, describe, expect, it } from 'vitest'
import { kernelBytes } from '../../../tests/kernels'
import { StudioError } from '../../shared/errors'
import type { ExecutorName } from '../executors/training-executor'
import { provideKernels } from '../executors/wasm/kernels'
import { initializeParameters, type Parameters } from '../model/model'
import { RandomStream } from '../random/stream'
import type { LossName } from '../losses'
import type { Task } from '../spec'
import { tensor, zeros } from '../tensor/tensor'
import { drawTargets, smallModel } from '../testing'
import type { Samples } from './samples'
import { createTraining, type EpochEvent, type TrainEvent, type TrainOptions, type Training } from './training'
import { wholeTensor } from './row-source'

const CLASSES = 3
const model = smallModel('multi-class', 'cross-entropy', CLASSES)

function samplesOf(rows: number, seed: number): Samples {
  const random = new RandomStream(seed, 'samples')
  const data = new Float64Array(3 * rows).map(() => Math.fround(random.normal()))
  const targets = drawTargets(random, 'multi-class', CLASSES, rows)
  return { features: { shape: [rows, 3], data }, targets: { shape: [rows, 1], data: targets } }
}

function optionsFor(changes: Partial<TrainOptions> = {}): TrainOptions {
  return {
    ...{ model, task: 'multi-class', answers: CLASSES, loss: 'cross-entropy', seed: 1 },
    optimizer: { type: 'sgd', config: { learningRate: 0.1 } },
    ...{ batchSize: 8, epochs: 4, training: samplesOf(30, 1), validation: samplesOf(20, 2) },
    ...changes
  }
}

async function run(changes: Partial<TrainOptions> = {}): Promise<{ training: Training; events: TrainEvent[] }> {
  const training = createTraining(optionsFor(changes))
  const events: TrainEvent[] = []
  for await (const event of training.events()) events.push(event)
  return { training, events }
}

const lossesOf = (events: readonly TrainEvent[]) =>
  events.flatMap((event) => (event.type === 'step' ? [event.loss] : []))
const epochsOf = (events: readonly TrainEvent[]) =>
  events.filter((event): event is EpochEvent => event.type === 'epoch')

/** First weights with one tensor changed. */
function changed(
  name: string,
  change: (tensor: Parameters extends ReadonlyMap<string, infer T> ? T : never) => unknown
) {
  const initial = new Map(initializeParameters(model, 5))
  const tensor = initial.get(name)
  if (tensor !== undefined) change(tensor)
  return initial
}

describe('refuses before the first step', () => {
  const short = (): Parameters => {
    const initial = new Map(initializeParameters(model, 5))
    initial.set('dense1.weight', { shape: [4, 2], data: new Float64Array(8) })
    return initial
  }
  const lacking = (): Parameters =>
    new Map([...initializeParameters(model, 5)].filter(([name]) => name !== 'output.bias'))
  const extra = (): Parameters =>
    new Map([...initializeParameters(model, 5), ['dense9.bias', { shape: [1], data: new Float64Array(1) }]])

  it.each<[string, Partial<TrainOptions>, string, string]>([
    [
      'weights of another shape',
      { initial: short() },
      'parameters-mismatch',
      '"dense1.weight" must be [4, 3], got [4, 2]'
    ],
    ['a missing tensor', { initial: lacking() }, 'parameters-mismatch', '"output.bias" must be [3], got none'],
    ['a tensor too many', { initial: extra() }, 'parameters-mismatch', 'no parameter "dense9.bias"'],
    [
      'weights that are no numbers',
      { initial: changed('output.bias', ({ data }) => data.fill(NaN, 1, 2)) },
      'non-finite-data',
      'Number 2 of the first "output.bias" must be finite, got NaN'
    ],
    ['class weights too few', { classWeights: [1, 2] }, 'invalid-config', 'must be 3 finite numbers above 0'],
    ['a class weight of 0', { classWeights: [1, 2, 0] }, 'invalid-config', 'got 0'],
    ['an infinite class weight', { classWeights: [1, 2, Infinity] }, 'invalid-config', 'got Infinity'],
    ['an unknown schedule', { schedule: { type: 'magic', config: {} } }, 'unknown-schedule', 'magic'],
    ['a schedule’s setting', { schedule: { type: 'step', config: { dropEvery: 0 } } }, 'invalid-config', 'drop every'],
    ['a loss setting', { lossConfig: { labelSmoothing: 1 } }, 'invalid-config', 'label smoothing must be'],
    ['a penalty below 0', { regularization: { l1: -1 } }, 'invalid-config', 'Regularization: l1 penalty'],
    ['a patience below 0', { earlyStopping: { patience: -1 } }, 'invalid-config', 'Early stopping: patience'],
    ['half a thread', { threads: 0.5 }, 'invalid-config', 'number of threads must be a whole number from 0'],
    ['no training rows', { training: samplesOf(0, 1) }, 'no-rows', 'at least one row']
  ])('%s', (_what, changes, code, message) => {
    const create = () => createTraining(optionsFor(changes))
    expect(create).toThrow(StudioError)
    expect(create).toThrow(expect.objectContaining({ code }))
    expect(create).toThrow(message)
  })

  it('class weights for regression', () => {
    const regression = smallModel('regression', 'squared', 1)
    const create = () =>
      createTraining(
        optionsFor({ model: regression, task: 'regression', answers: 1, loss: 'squared', classWeights: [1] })
      )
    expect(create).toThrow('leave them out for regression')
  })

  it('class weights for labels, of which several can be on', () => {
    const labels = smallModel('multi-label', 'log', 3)
    const samples = { features: zeros([4, 3]), targets: zeros([4, 3]) }
    const create = () =>
      createTraining(
        optionsFor({
          model: labels,
          task: 'multi-label',
          answers: 3,
          loss: 'log',
          classWeights: [1, 2, 3],
          training: samples,
          validation: samples
        })
      )
    expect(create).toThrow('where each row is of one class; leave them out for multi-label')
  })

  it.each<[string, Task, LossName, Partial<Samples>, string, string]>([
    ['targets of one value for three', 'regression', 'squared', { targets: zeros([4, 1]) }, 'shape-mismatch', '[4, 3]'],
    ['three targets for classes', 'multi-class', 'hinge', { targets: zeros([4, 3]) }, 'shape-mismatch', '[4, 1]'],
    [
      'a label that is neither on nor off',
      'multi-label',
      'log',
      { targets: tensor([4, 3], [0, 1, 0, 0, 1, 2, 0, 0, 0, 1, 1, 1]) },
      'class-out-of-range',
      'Row 2: the class of label 3 must be a whole number from 0 to 1, got 2'
    ],
    [
      'a value that is no number',
      'regression',
      'squared',
      { targets: tensor([4, 3], [0, 1, 0, 0, NaN, 2, 0, 0, 0, 1, 1, 1]) },
      'non-finite-data',
      'Row 2: target 2 must be a finite number'
    ],
    [
      'too few row weights',
      'multi-label',
      'log',
      { weights: Float64Array.of(1, 1) },
      'shape-mismatch',
      'one weight for each of the 4 rows, got 2'
    ],
    [
      'a row weight below 0',
      'multi-label',
      'log',
      { weights: Float64Array.of(1, 1, -1, 0) },
      'invalid-row-weight',
      'Row 3: its weight must be a finite number from 0, got -1'
    ],
    [
      'an infinite row weight',
      'multi-label',
      'log',
      { weights: Float64Array.of(1, Infinity, 1, 0) },
      'invalid-row-weight',
      'Row 2'
    ]
  ])('%s', (_what, task, loss, changes, code, message) => {
    const samples = { features: zeros([4, 3]), targets: zeros([4, task === 'multi-class' ? 1 : 3]), ...changes }
    const create = () =>
      createTraining(
        optionsFor({ model: smallModel(task, loss, 3), task, loss, training: samples, validation: samples })
      )
    expect(create).toThrow(expect.objectContaining({ code }))
    expect(create).toThrow(message)
  })
})

beforeAll(() => provideKernels(kernelBytes))

describe.each<ExecutorName>(['reference', 'wasm'])('by the %s executor', (executor) => {
  it('starts from the weights it is given, and leaves those as they are', async () => {
    const initial = initializeParameters(model, 77)
    const before = [...initial].map(([name, { data }]) => [name, [...data]])
    const given = await run({ executor, initial, seed: 1 })
    expect([...initial].map(([name, { data }]) => [name, [...data]])).toEqual(before)
    const drawn = await run({ executor, seed: 1 })
    expect(lossesOf(given.events)[0]).not.toBe(lossesOf(drawn.events)[0])
    // Order of rows and everything else is of the run's own seed.
    const same = await run({ executor, initial: initializeParameters(model, 1), seed: 1 })
    expect(same.events).toEqual(drawn.events)
  })

  it('takes the rows as they stand without shuffling', async () => {
    // Too small a rate to change anything: the loss of a step tells its rows.
    const optimizer = { type: 'sgd', config: { learningRate: 1e-30, momentum: 0 } }
    const { events } = await run({ executor, shuffle: false, optimizer })
    const losses = lossesOf(events)
    expect(losses.slice(4)).toEqual([...losses.slice(0, 4), ...losses.slice(0, 4), ...losses.slice(0, 4)])
    const { training } = optionsFor()
    const firstRows = {
      features: { shape: [8, 3], data: wholeTensor(training.features).data.slice(0, 24) },
      targets: { shape: [8, 1], data: training.targets.data.slice(0, 8) }
    }
    const first = await run({ executor, shuffle: false, optimizer, training: firstRows, epochs: 1 })
    expect(lossesOf(first.events)[0]).toBe(losses[0])
    const shuffled = await run({ executor, optimizer })
    expect(lossesOf(shuffled.events).slice(0, 4)).not.toEqual(losses.slice(0, 4))
  })

  it('tells the learning rate of every step and takes the step with it', async () => {
    const schedule = { type: 'step', config: { dropEvery: 2, dropFactor: 0.5 } }
    const optimizer = { type: 'sgd', config: { learningRate: 0.25, momentum: 0 } }
    const { events } = await run({ executor, schedule, optimizer })
    const rates = events.map((event) => `${event.type} ${event.learningRate}`)
    const epoch = (rate: number) => [...new Array<string>(4).fill(`step ${rate}`), `epoch ${rate}`]
    expect(rates).toEqual([...epoch(0.25), ...epoch(0.25), ...epoch(0.125), ...epoch(0.125)])
    const constant = await run({ executor, optimizer })
    expect(lossesOf(events).slice(0, 9)).toEqual(lossesOf(constant.events).slice(0, 9))
    expect(lossesOf(events)[9]).not.toBe(lossesOf(constant.events)[9])
  })

  it('lowers the rate on a plateau of the validation loss', async () => {
    const schedule = { type: 'plateau', config: { plateauPatience: 0, plateauFactor: 0.5, plateauThreshold: 1 } }
    const { events } = await run({ executor, schedule })
    // A threshold of 1 lets nothing be a gain.
    expect(epochsOf(events).map(({ learningRate }) => learningRate)).toEqual([0.1, 0.1, 0.05, 0.025])
  })

  it('judges nothing without validation rows', async () => {
    const { training, events } = await run({ executor, validation: samplesOf(0, 1) })
    expect(epochsOf(events)).toHaveLength(4)
    for (const { validationLoss, metrics } of epochsOf(events)) {
      expect(validationLoss).toBeNull()
      expect(metrics).toEqual({})
    }
    const judged = await run({ executor })
    expect(lossesOf(events)).toEqual(lossesOf(judged.events))
    training.close()
  })

  it('weighs the epoch’s losses by the weights of the rows’ classes', async () => {
    const classWeights = [0.5, 3, 1]
    const changes = { executor, classWeights, shuffle: false, epochs: 1, validation: samplesOf(700, 3) }
    const optimizer = { type: 'sgd', config: { learningRate: 1e-30, momentum: 0 } }
    const { events } = await run({ ...changes, optimizer })
    const [end] = epochsOf(events)
    // One batch of all rows gives the weighted mean as it is defined.
    const whole = await run({ ...changes, optimizer, batchSize: 30 })
    expect((end?.trainLoss ?? NaN) / (lossesOf(whole.events)[0] ?? NaN)).toBeCloseTo(1, 6)
    const validation = await run({ ...changes, optimizer, training: samplesOf(700, 3), batchSize: 700 })
    expect((end?.validationLoss ?? NaN) / (lossesOf(validation.events)[0] ?? NaN)).toBeCloseTo(1, 6)
  })

  it('takes no step once it is closed, and its parameters can still be read', async () => {
    const training = createTraining(optionsFor({ executor }))
    await training.events().next()
    const before = [...training.parameters]
    training.close()
    training.close()
    expect((await training.events().next()).done).toBe(true)
    expect([...training.parameters]).toEqual(before)
  })
})
