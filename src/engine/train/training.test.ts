import { describe, expect, it } from 'vitest'
import { NumericError, StudioError } from '../../shared/errors'
import type { LossName } from '../losses'
import { compileModel, initializeParameters } from '../model/model'
import { modelSpecOf } from '../model/spec-of'
import { RandomStream } from '../random/stream'
import type { Task } from '../spec'
import { denseNode, lossDefaults, smallModel } from '../testing'
import { evaluate, predict } from './evaluator'
import type { Samples } from './samples'
import { createTraining, type TrainEvent, type TrainOptions, type Training } from './training'
import { wholeTensor } from './row-source'

/** Points in the plane, class 1 where both coordinates have the same sign: no straight line parts them. */
function crossSamples(rows: number, seed: number): Samples {
  const random = new RandomStream(seed, 'samples')
  const features = new Float64Array(rows * 2).map(() => 2 * random.uniform() - 1)
  const targets = new Float64Array(rows).map((_, row) =>
    Number((features[2 * row] ?? 0) * (features[2 * row + 1] ?? 0) > 0)
  )
  return { features: { shape: [rows, 2], data: features }, targets: { shape: [rows, 1], data: targets } }
}

/** y = 2·x₀ − x₁ + 0.5 */
function lineSamples(rows: number, seed: number): Samples {
  const { features, targets } = crossSamples(rows, seed)
  const data = targets.data.map(
    (_, row) => 2 * (wholeTensor(features).data[2 * row] ?? 0) - (wholeTensor(features).data[2 * row + 1] ?? 0) + 0.5
  )
  return { features, targets: { shape: [rows, 1], data } }
}

function optionsFor(task: Task, loss: LossName, changes: Partial<TrainOptions> = {}): TrainOptions {
  const samples = task === 'regression' ? lineSamples : crossSamples
  const classes = task === 'regression' ? 1 : 2
  return {
    model: compileModel(modelSpecOf([denseNode('dense1', 8)], 2, task, loss, classes)),
    task,
    answers: classes,
    loss,
    optimizer: { type: 'sgd', config: {} },
    batchSize: 16,
    epochs: 40,
    seed: 1,
    training: samples(100, 1),
    validation: samples(40, 2),
    ...changes
  }
}

async function allEvents(training: Training): Promise<TrainEvent[]> {
  const events: TrainEvent[] = []
  for await (const event of training.events()) events.push(event)
  return events
}

const bits = (training: Training) => [...training.parameters].map(([name, { data }]) => [name, [...data]] as const)

describe('createTraining', () => {
  it.each<[Task, LossName, string, (value: number) => boolean]>([
    ['binary', 'log', 'accuracy', (value) => value >= 0.9],
    ['binary', 'cross-entropy', 'accuracy', (value) => value >= 0.9],
    ['regression', 'squared', 'r2', (value) => value >= 0.99]
  ])('learns: %s with %s', async (task, loss, metric, good) => {
    const events = await allEvents(createTraining(optionsFor(task, loss)))
    const last = events.at(-1)
    expect(last?.type).toBe('epoch')
    if (last?.type === 'epoch') expect(good(last.metrics[metric] ?? NaN), String(last.metrics[metric])).toBe(true)
  })

  it('tells every step and every epoch, the last smaller batch included', async () => {
    const training = createTraining(optionsFor('binary', 'log', { epochs: 2 }))
    const events = await allEvents(training)
    expect(training.stepsPerEpoch).toBe(7)
    const epoch = (number: number) => [
      ...Array.from({ length: 7 }, (_, i) => `step ${(number - 1) * 7 + i + 1} of ${number}`),
      `epoch ${number} at ${number * 7}`
    ]
    const told = events.map((event) =>
      event.type === 'step' ? `step ${event.step} of ${event.epoch}` : `epoch ${event.epoch} at ${event.step}`
    )
    expect(told).toEqual([...epoch(1), ...epoch(2)])
  })

  it('weighs the epoch’s loss by rows', async () => {
    const events = await allEvents(createTraining(optionsFor('binary', 'log', { epochs: 1 })))
    const steps = events.flatMap((event) => (event.type === 'step' ? [event.loss] : []))
    const last = events.at(-1)
    // Six batches of 16 and one of 4.
    const weighted = steps.reduce((sum, loss, i) => sum + loss * (i < 6 ? 16 : 4), 0) / 100
    expect(last?.type === 'epoch' && last.trainLoss).toBeCloseTo(weighted, 12)
  })

  it('trains on each row once an epoch, in another order each epoch', async () => {
    // Batches of one row at a tiny rate: the loss of a step tells its row.
    const config = { learningRate: 1e-30, momentum: 0 }
    const options = optionsFor('regression', 'squared', { batchSize: 1, epochs: 2, optimizer: { type: 'sgd', config } })
    const losses = (await allEvents(createTraining(options))).flatMap((event) =>
      event.type === 'step' ? [event.loss] : []
    )
    const [first, second] = [losses.slice(0, 100), losses.slice(100)]
    expect(second).not.toEqual(first)
    expect([...second].sort()).toEqual([...first].sort())
    expect(new Set(first).size).toBe(100)
  })

  it('gives the same parameters for the same options, bit for bit, and others for another seed', async () => {
    const run = async (seed: number) => {
      const training = createTraining(optionsFor('binary', 'log', { epochs: 3, seed }))
      return [await allEvents(training), bits(training)]
    }
    expect(await run(1)).toEqual(await run(1))
    expect(await run(1)).not.toEqual(await run(2))
  })

  it('goes on where it stopped: left after every event it is the same run', async () => {
    const options = optionsFor('binary', 'log', { epochs: 3 })
    const whole = createTraining(options)
    const expected = await allEvents(whole)
    const parts = createTraining(options)
    const got: TrainEvent[] = []
    for (;;) {
      const { value, done } = await parts.events().next()
      if (done === true) break
      got.push(value)
    }
    expect(got).toEqual(expected)
    expect(bits(parts)).toEqual(bits(whole))
  })

  it('stops at a signal and can be resumed', async () => {
    const training = createTraining(optionsFor('binary', 'log', { epochs: 2 }))
    const stop = new AbortController()
    let seen = 0
    for await (const event of training.events(stop.signal)) {
      seen++
      if (event.type === 'step' && event.step === 3) stop.abort()
    }
    expect(seen).toBe(3)
    expect(await allEvents(training)).toHaveLength(16 - 3)
    expect(await allEvents(training)).toEqual([])
  })

  it('gives copies of the parameters', async () => {
    const training = createTraining(optionsFor('binary', 'log'))
    const before = training.parameters
    const first = before.get('dense1.weight')?.data.slice()
    await training.events().next()
    expect(before.get('dense1.weight')?.data).toEqual(first)
    expect(training.parameters.get('dense1.weight')?.data).not.toEqual(first)
  })

  it('gives regression metrics in raw units and the loss in standardised ones', async () => {
    const scaled = await allEvents(
      createTraining(optionsFor('regression', 'squared', { epochs: 1, targetScale: { mean: [100], scale: [10] } }))
    )
    const plain = await allEvents(createTraining(optionsFor('regression', 'squared', { epochs: 1 })))
    const [a, b] = [scaled.at(-1), plain.at(-1)]
    if (a?.type !== 'epoch' || b?.type !== 'epoch') throw new Error('no epoch')
    expect(a.validationLoss).toBe(b.validationLoss)
    expect(a.metrics['mae']).toBeCloseTo(10 * (b.metrics['mae'] ?? NaN), 9)
    expect(a.trainMetrics['rmse']).toBeCloseTo(10 * (b.trainMetrics['rmse'] ?? NaN), 9)
    expect(a.metrics['r2']).toBeCloseTo(b.metrics['r2'] ?? NaN, 9)
  })
})

describe('divergence', () => {
  async function failureOf(training: Training): Promise<unknown> {
    try {
      await allEvents(training)
    } catch (error) {
      return error
    }
    return null
  }

  it.each([1e30, 1e10])(
    'stops at learning rate %d with layer, step and epoch, the last finite weights kept',
    async (learningRate) => {
      const changes = { optimizer: { type: 'sgd', config: { learningRate } }, epochs: 200 }
      const training = createTraining(optionsFor('regression', 'squared', changes))
      const failure = await failureOf(training)
      expect(failure).toBeInstanceOf(NumericError)
      if (!(failure instanceof NumericError)) return
      expect(failure.code).toBe('diverged')
      expect(['dense1', 'output']).toContain(failure.details['layer'])
      expect(failure.details['step']).toBeGreaterThanOrEqual(1)
      expect(failure.details['epoch']).toBe(Math.ceil(Number(failure.details['step']) / 7))
      expect(failure.message).toContain(`for example 0.01 instead of ${learningRate}`)
      for (const [name, { data }] of training.parameters) {
        expect(
          data.every((value) => Number.isFinite(Math.fround(value))),
          name
        ).toBe(true)
      }
      // It stays failed: pulling again tells the same.
      expect(await failureOf(training)).toBe(failure)
    }
  )

  it('names the layer whose weights leave float32, though float64 still holds them', async () => {
    // One row (1, 0), target 1, weights at first below 1: the step is rate · gradient, near 1e40 but no infinity.
    const row: Samples = {
      features: { shape: [1, 2], data: Float64Array.of(1, 0) },
      targets: { shape: [1, 1], data: Float64Array.of(1e10) }
    }
    const model = compileModel(modelSpecOf([], 2, 'regression', 'squared', 1))
    const optimizer = { type: 'sgd', config: { learningRate: 1e30 } }
    const training = createTraining(
      optionsFor('regression', 'squared', { model, optimizer, training: row, validation: row, batchSize: 1 })
    )
    const before = bits(training)
    const failure = await failureOf(training)
    expect(failure).toMatchObject({ code: 'diverged', details: { layer: 'output', step: 1, epoch: 1 } })
    expect(bits(training)).toEqual(before)
  })
})

describe('options that do not fit', () => {
  const row = (value: number): Samples => ({
    features: { shape: [1, 2], data: Float64Array.of(1, value) },
    targets: { shape: [1, 1], data: Float64Array.of(0) }
  })
  const wrongClass: Samples = { ...row(0), targets: { shape: [1, 1], data: Float64Array.of(2) } }

  it.each<[string, Partial<TrainOptions>, string]>([
    ['batch size', { batchSize: 0 }, 'invalid-config'],
    ['batch size', { batchSize: NaN }, 'invalid-config'],
    ['epochs', { epochs: 1.5 }, 'invalid-config'],
    ['seed', { seed: -1 }, 'invalid-seed'],
    ['optimizer', { optimizer: { type: 'magic', config: {} } }, 'unknown-optimizer'],
    ['momentum', { optimizer: { type: 'sgd', config: { momentum: 1 } } }, 'invalid-config'],
    ['features', { training: row(NaN) }, 'non-finite-data'],
    ['validation features', { validation: row(Infinity) }, 'non-finite-data'],
    ['classes', { training: wrongClass }, 'class-out-of-range'],
    ['loss of another task', { task: 'regression' }, 'loss-task-mismatch'],
    ['output units', { loss: 'cross-entropy' }, 'output-units-mismatch'],
    ['model', { model: smallModel('binary', 'log', 2) }, 'shape-mismatch']
  ])('%s', (_what, changes, code) => {
    const create = () => createTraining(optionsFor('binary', 'log', changes))
    expect(create).toThrow(StudioError)
    expect(create).toThrow(expect.objectContaining({ code }))
  })
})

describe('evaluate and predict', () => {
  it('agree with each other and do not depend on how rows are split', async () => {
    const options = optionsFor('binary', 'log', { epochs: 2 })
    const training = createTraining(options)
    await allEvents(training)
    const { model } = options
    // More rows than are computed at once.
    const samples = crossSamples(2500, 3)
    const whole = evaluate(
      { model, loss: 'log', lossSettings: lossDefaults('log'), task: 'binary' },
      training.parameters,
      samples
    )
    expect(whole.outputs.shape).toEqual([2500, 1])
    expect(predict(model, training.parameters, 'log', 'binary', samples.features)).toEqual(whole.outputs)
    const logLoss =
      whole.outputs.data.reduce((sum, p, row) => sum - Math.log(samples.targets.data[row] === 1 ? p : 1 - p), 0) / 2500
    expect(whole.loss).toBeCloseTo(logLoss, 12)
    const right = whole.outputs.data.filter((p, row) => Number(p > 0.5) === samples.targets.data[row]).length
    expect(whole.metrics['accuracy']).toBe(right / 2500)
    expect(whole.metrics['log-loss']).toBeCloseTo(logLoss, 12)
  })

  it('gives one probability for each class', () => {
    const model = smallModel('multi-class', 'cross-entropy', 3, 'tanh', 2)
    const { features } = lineSamples(4, 1)
    const { shape, data } = predict(model, initializeParameters(model, 1), 'cross-entropy', 'multi-class', features)
    expect(shape).toEqual([4, 3])
    for (let row = 0; row < 4; row++) {
      expect(data.slice(3 * row, 3 * row + 3).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12)
    }
  })

  it('refuse features and parameters of another network', () => {
    const options = optionsFor('binary', 'log')
    const { parameters } = createTraining(options)
    const features = { shape: [1, 3], data: new Float64Array(3) }
    expect(() => predict(options.model, parameters, 'log', 'binary', features)).toThrow(
      'The features must be [N, 2], got [1, 3]'
    )
    expect(() => predict(options.model, new Map(), 'log', 'binary', features)).toThrow('weights are of another model')
    expect(() => predict(options.model, parameters, 'cross-entropy', 'binary', features)).toThrow(
      'needs 2 outputs, got 1'
    )
  })

  it('predict takes no rows for an answer of no rows', () => {
    const options = optionsFor('binary', 'log')
    const none = { shape: [0, 2], data: new Float64Array() }
    expect(predict(options.model, createTraining(options).parameters, 'log', 'binary', none).shape).toEqual([0, 1])
  })
})
