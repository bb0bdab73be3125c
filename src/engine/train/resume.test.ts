/** Training that is left and goes on from its state: the same bits as if it had never been, wherever it was left. */
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { kernelBytes } from '../../../tests/kernels'
import { workerThreads } from '../../../tests/threads'
import type { ExecutorName } from '../executors/training-executor'
import { provideKernels } from '../executors/wasm/kernels'
import { provideThreads } from '../executors/wasm/threads'
import { optimizerSpecs } from '../optimizers'
import { scheduleSpecs } from '../schedules'
import { bitsOf, followed, pulled, smallTraining, trainings } from './testing/trainings'
import { createTraining, type TrainEvent, type TrainOptions } from './training'

/** Leaves a training after every single event, its first step and its epochs' ends among them, and goes on in a new one. */
async function expectSameBits(options: TrainOptions): Promise<void> {
  const whole = await followed(options)
  expect(whole.events.length).toBeGreaterThan(4)
  let state = whole.states[0]
  for (let i = 0; ; i++) {
    const training = createTraining({ ...options, ...(state === undefined ? {} : { from: structuredClone(state) }) })
    try {
      // Nothing is lost by the way there and back.
      expect(bitsOf(training.state()), `after ${i} events`).toEqual(bitsOf(whole.states[i] ?? training.state()))
      expect(await pulled(training, 1), `after ${i} events`).toEqual(whole.events.slice(i, i + 1))
      if (i === whole.events.length) return
      state = training.state()
    } finally {
      training.close()
    }
  }
}

beforeAll(() => provideKernels(kernelBytes))

describe.each<ExecutorName>(['reference', 'wasm'])('left after every event, by the %s executor', (executor) => {
  it.each(trainings)('%s', async (_, options) => {
    await expectSameBits({ ...options, executor })
  })

  it.each(optimizerSpecs.map(({ type }) => type))('%s with every schedule', async (type) => {
    for (const schedule of scheduleSpecs) {
      // Plateaus after every epoch without a gain, so that its memory counts.
      const config = schedule.type === 'plateau' ? { plateauPatience: 0, plateauThreshold: 0.5 } : {}
      await expectSameBits(
        smallTraining({
          ...{ executor, epochs: 3, batchSize: 10 },
          schedule: { type: schedule.type, config },
          optimizer: { type, config: {} }
        })
      )
    }
  })
})

const pace = fc.constantFrom(1, 3, Infinity)

it('left anywhere, at any pace and as often as one likes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...trainings),
      fc.constantFrom<ExecutorName>('reference', 'wasm'),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), pace), { maxLength: 4 }),
      async ([, given], executor, parts) => {
        const options = { ...given, executor }
        const whole = createTraining(options)
        const expected = await pulled(whole, Infinity, Infinity)
        const events: TrainEvent[] = []
        let from = {}
        for (const [most, ahead] of [...parts, [Infinity, 3] as const]) {
          const training = createTraining({ ...options, ...from })
          events.push(...(await pulled(training, most, ahead)))
          // What was taken already is told at once or one by one.
          if (most % 2 === 0) events.push(...training.tellAhead())
          while (training.stepsAhead > 0) events.push(...(await pulled(training, 1, 1)))
          from = { from: structuredClone(training.state()) }
          if (most === Infinity) expect(bitsOf(training.state())).toEqual(bitsOf(whole.state()))
        }
        expect(events).toEqual(expected)
      }
    ),
    { numRuns: 40 }
  )
})

describe('on several threads', () => {
  it('goes on to the same bits with another number of them', async () => {
    const options = smallTraining({ executor: 'wasm', batchSize: 10 })
    const alone = await followed(options)
    provideThreads(workerThreads)
    try {
      for (const [before, after] of [
        [2, 3],
        [3, 1],
        [1, 2]
      ] as const) {
        const first = createTraining({ ...options, threads: before })
        const events = await pulled(first, 4)
        expect(first.executor.threads).toBe(before)
        const state = structuredClone(first.state())
        first.close()
        const second = createTraining({ ...options, threads: after, from: state })
        events.push(...(await pulled(second)))
        expect(second.executor.threads).toBe(after)
        expect(events).toEqual(alone.events)
        expect(bitsOf(second.state())).toEqual(bitsOf(alone.states.at(-1) ?? second.state()))
        second.close()
      }
    } finally {
      provideThreads(null)
    }
  })
})

it('is tried where early stopping ends a run, and where the best epoch is taken back after the last', async () => {
  const ends = trainings.map(async ([name, options]) => {
    const training = createTraining(options)
    await pulled(training)
    return [name, training.earlyStop !== null, training.restoredEpoch !== null] as const
  })
  expect((await Promise.all(ends)).slice(-2)).toEqual([
    ['early stopping that takes the best back', true, true],
    ['the best taken back after the last epoch', false, true]
  ])
})

describe('a state', () => {
  it('is a copy that later steps do not change, and can be taken after the end', async () => {
    const training = createTraining(smallTraining({ executor: 'wasm' }))
    await pulled(training, 2)
    const state = training.state()
    const before = bitsOf(state)
    await pulled(training)
    training.close()
    expect(bitsOf(state)).toEqual(before)
    expect(bitsOf(training.state())).not.toEqual(before)
    expect(training.position).toBe(3)
  })

  it('is refused while steps are taken that nobody was told of', async () => {
    const training = createTraining(smallTraining({ executor: 'wasm' }))
    await pulled(training, 1, 3)
    expect(training.stepsAhead).toBeGreaterThan(0)
    expect(() => training.state()).toThrow(/taken and not told/)
  })

  it('holds numbers in the precision of its executor', () => {
    for (const [executor, kind] of [
      ['wasm', Float32Array],
      ['reference', Float64Array]
    ] as const) {
      const { tensors } = createTraining(smallTraining({ executor })).state()
      expect([...tensors.keys()]).toContain('bn1.running_mean')
      expect([...tensors.keys()]).toContain('optimizer.velocity.dense1.weight')
      for (const numbers of tensors.values()) expect(numbers).toBeInstanceOf(kind)
    }
  })

  it('tells positions in epochs', async () => {
    const training = createTraining(smallTraining({ epochs: 2 }))
    const events = await pulled(training)
    const positions = events.flatMap((event) => (event.type === 'step' ? [event.position] : []))
    expect(positions).toEqual([6 / 20, 12 / 20, 18 / 20, 1, 1 + 6 / 20, 1 + 12 / 20, 1 + 18 / 20, 2])
  })
})
