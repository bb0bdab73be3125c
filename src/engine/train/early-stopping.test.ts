/** Early stopping: when it ends a run, and what the run then holds, at every pace and by both executors. */
import { beforeAll, describe, expect, it } from 'vitest'
import { kernelBytes } from '../../../tests/kernels'
import type { ExecutorName } from '../executors/training-executor'
import { provideKernels } from '../executors/wasm/kernels'
import { defaultsOf, parseConfig, type Config } from '../fields'
import { compileModel } from '../model/model'
import { modelSpecOf } from '../model/spec-of'
import { RandomStream } from '../random/stream'
import { denseNode } from '../testing'
import { EarlyStopper } from './early-stopper'
import { earlyStoppingFields } from './early-stopping'
import type { Samples } from './samples'
import { createTraining, type EpochEvent, type TrainEvent, type TrainOptions, type Training } from './training'

/** What a stopper says of epochs that end with these losses: `best`, `ends` or both, or nothing. */
function told(config: Config, losses: readonly number[]): string[] {
  const stopper = new EarlyStopper(parseConfig('', earlyStoppingFields, config))
  return losses.map((loss, i) => {
    const { best, ends } = stopper.epochEnded(i + 1, loss)
    return [...(best ? ['best'] : []), ...(ends ? ['ends'] : [])].join(' ')
  })
}

describe('EarlyStopper', () => {
  it('never ends a run without a patience, and still knows the best epoch', () => {
    expect(told({}, [3, 2, 2, 5, 1])).toEqual(['best', 'best', '', '', 'best'])
  })

  it('ends after as many epochs without a gain as its patience says', () => {
    expect(told({ patience: 2 }, [3, 2, 2.5, 2])).toEqual(['best', 'best', '', 'ends'])
    expect(told({ patience: 1 }, [3, 3])).toEqual(['best', 'ends'])
    expect(told({ patience: 2 }, [3, 4, 2, 4, 4])).toEqual(['best', '', 'best', '', 'ends'])
  })

  it('counts as a gain what falls by more than the least gain, small ones together too', () => {
    expect(told({ patience: 3, minDelta: 0.5 }, [3, 2.75, 2.5, 2.25, 2.25, 2.25, 2.25])).toEqual([
      'best',
      'best',
      'best',
      // Below 3 − 0.5 at last.
      'best',
      '',
      '',
      'ends'
    ])
    expect(told({ patience: 2, minDelta: 0.5 }, [3, 2.75, 2.625])).toEqual(['best', 'best', 'best ends'])
  })

  it('restores only with a patience', () => {
    const restores = (config: Config) => new EarlyStopper(parseConfig('', earlyStoppingFields, config)).restores
    expect([{}, { patience: 1 }, { patience: 1, restoreBest: false }].map(restores)).toEqual([false, true, false])
    expect(restores(defaultsOf(earlyStoppingFields))).toBe(false)
  })
})

/** Noise: what is learned of some rows is of no use for others, so the validation loss soon rises. */
function noise(rows: number, seed: number): Samples {
  const random = new RandomStream(seed, 'samples')
  const draw = (size: number) => new Float64Array(size).map(() => Math.fround(random.normal()))
  return { features: { shape: [rows, 2], data: draw(2 * rows) }, targets: { shape: [rows, 1], data: draw(rows) } }
}

function optionsFor(changes: Partial<TrainOptions> = {}): TrainOptions {
  return {
    model: compileModel(modelSpecOf([denseNode('dense1', 12)], 2, 'regression', 'squared', 1)),
    task: 'regression',
    answers: 1,
    loss: 'squared',
    optimizer: { type: 'sgd', config: { learningRate: 0.05 } },
    batchSize: 8,
    epochs: 60,
    seed: 1,
    training: noise(30, 1),
    validation: noise(20, 2),
    ...changes
  }
}

async function pull(training: Training, stepsAhead = 1, most = Infinity): Promise<TrainEvent[]> {
  const events: TrainEvent[] = []
  for await (const event of training.events(undefined, { stepsAhead })) if (events.push(event) === most) break
  return events
}

const epochsOf = (events: readonly TrainEvent[]) =>
  events.filter((event): event is EpochEvent => event.type === 'epoch')
const bits = (training: Training) => [...training.parameters].map(([name, { data }]) => [name, [...data]] as const)

beforeAll(() => provideKernels(kernelBytes))

describe.each<ExecutorName>(['reference', 'wasm'])('a run by the %s executor', (executor) => {
  const stopping = (config: Config, changes: Partial<TrainOptions> = {}) =>
    createTraining(optionsFor({ executor, earlyStopping: config, ...changes }))

  it('ends early with the best epoch’s parameters', async () => {
    const training = stopping({ patience: 4 })
    const epochs = epochsOf(await pull(training))
    const losses = epochs.map(({ validationLoss }) => validationLoss ?? NaN)
    const bestEpoch = losses.indexOf(Math.min(...losses)) + 1
    expect(bestEpoch).toBeGreaterThan(1)
    expect(epochs).toHaveLength(bestEpoch + 4)
    expect(training.earlyStop).toEqual({ epoch: bestEpoch + 4, bestEpoch, restored: true })
    expect(training.restoredEpoch).toBe(bestEpoch)
    expect(epochs.findLast(({ best }) => best)?.epoch).toBe(bestEpoch)
    // A run that ends with that epoch has the same parameters.
    const short = stopping({}, { epochs: bestEpoch })
    await pull(short)
    expect(bits(training)).toEqual(bits(short))
    expect(await pull(training)).toEqual([])
  })

  it('takes running statistics back too', async () => {
    const normalization = { name: 'bn1', type: 'batch-norm', inputs: [], config: {} }
    const model = compileModel(modelSpecOf([denseNode('dense1', 12), normalization], 2, 'regression', 'squared', 1))
    const training = stopping({ patience: 3 }, { model, validation: noise(20, 4) })
    await pull(training, Infinity)
    const { restoredEpoch } = training
    expect(restoredEpoch).toBeGreaterThan(0)
    const short = stopping({}, { model, epochs: restoredEpoch ?? 1 })
    await pull(short)
    expect(bits(training).map(([name]) => name)).toContain('bn1.running_mean')
    expect(bits(training)).toEqual(bits(short))
  })

  it('keeps the last parameters when the best are not wanted', async () => {
    const training = stopping({ patience: 4, restoreBest: false })
    const epochs = epochsOf(await pull(training))
    expect(training.earlyStop).toMatchObject({ epoch: epochs.length, restored: false })
    expect(training.restoredEpoch).toBeNull()
    const short = stopping({}, { epochs: epochs.length })
    await pull(short)
    expect(bits(training)).toEqual(bits(short))
  })

  it('takes the best epoch back at the end of a run that patience did not end', async () => {
    const training = stopping({ patience: 60 })
    const epochs = epochsOf(await pull(training))
    expect(epochs).toHaveLength(60)
    expect(training.earlyStop).toBeNull()
    const bestEpoch = epochs.findLast(({ best }) => best)?.epoch ?? 0
    expect(bestEpoch).toBeLessThan(60)
    expect(training.restoredEpoch).toBe(bestEpoch)
    const short = stopping({}, { epochs: bestEpoch })
    await pull(short)
    expect(bits(training)).toEqual(bits(short))
  })

  it('is the same run at every pace, and left and taken up anywhere', async () => {
    const slow = stopping({ patience: 4 })
    const expected = await pull(slow)
    const fast = stopping({ patience: 4 })
    expect(await pull(fast, Infinity)).toEqual(expected)
    const parts = stopping({ patience: 4 })
    const got: TrainEvent[] = []
    for (let taken = 1; ; taken = (taken % 5) + 1) {
      const part = await pull(parts, 3, taken)
      if (part.length === 0) break
      got.push(...part)
    }
    expect(got).toEqual(expected)
    for (const training of [fast, parts]) {
      expect(training.earlyStop).toEqual(slow.earlyStop)
      expect(bits(training)).toEqual(bits(slow))
    }
  })

  it('judges by the training loss when there are no validation rows', async () => {
    const validation = {
      features: { shape: [0, 2], data: new Float64Array() },
      targets: { shape: [0, 1], data: new Float64Array() }
    }
    const training = stopping({ patience: 3, minDelta: 0.05 }, { validation })
    const epochs = epochsOf(await pull(training, Infinity))
    expect(epochs.length).toBeLessThan(60)
    expect(epochs.length).toBeGreaterThan(3)
    let lowest = Infinity
    for (const { trainLoss, validationLoss, metrics, best } of epochs) {
      expect(validationLoss).toBeNull()
      expect(metrics).toEqual({})
      expect(best).toBe(trainLoss < lowest)
      lowest = Math.min(lowest, trainLoss)
    }
  })

  it('stops by a signal without taking anything back, and can go on', async () => {
    const training = stopping({ patience: 4 })
    const stop = new AbortController()
    for await (const event of training.events(stop.signal))
      if (event.type === 'epoch' && event.epoch === 3) stop.abort()
    expect(training.restoredEpoch).toBeNull()
    const whole = stopping({ patience: 4 })
    await pull(whole)
    await pull(training)
    expect(bits(training)).toEqual(bits(whole))
  })
})
