/** Training that goes on from a state with other options than those it was made with, and states that nobody can go on from. */
import { beforeAll, describe, expect, it } from 'vitest'
import { kernelBytes } from '../../../tests/kernels'
import { StudioError } from '../../shared/errors'
import type { ExecutorName } from '../executors/training-executor'
import { provideKernels } from '../executors/wasm/kernels'
import type { TrainingState } from './state'
import { bitsOf, followed, pulled, smallTraining, trainings } from './testing/trainings'
import { createTraining, type StepEvent, type TrainEvent, type TrainOptions } from './training'

/** The events of a training that is left after so many of them, and what it goes on as with other options. */
async function steered(options: TrainOptions, events: number, changes: Partial<TrainOptions>) {
  const before = createTraining(options)
  await pulled(before, events)
  const state = before.state()
  const after = createTraining({ ...options, ...changes, from: structuredClone(state) })
  return { state, after, events: await pulled(after), unchanged: await pulled(before) }
}

const stepsOf = (events: readonly TrainEvent[]) => events.filter((event): event is StepEvent => event.type === 'step')
const epochsOf = (events: readonly TrainEvent[]) => events.flatMap((event) => (event.type === 'epoch' ? [event] : []))

beforeAll(() => provideKernels(kernelBytes))

describe.each<ExecutorName>(['reference', 'wasm'])('by the %s executor', (executor) => {
  const options = (changes: Partial<TrainOptions> = {}) => smallTraining({ executor, ...changes })
  const rate = (learningRate: number, more = {}) => ({
    optimizer: { type: 'sgd', config: { learningRate, momentum: 0.9, ...more } }
  })

  it('another learning rate counts from the next step on', async () => {
    const { events, unchanged } = await steered(options(rate(0.1)), 2, rate(0.05))
    const [first, second] = stepsOf(events)
    expect(first).toMatchObject({ step: 3, learningRate: 0.05 })
    // The step's loss is that before it was taken.
    expect(first?.loss).toBe(stepsOf(unchanged)[0]?.loss)
    expect(second?.loss).not.toBe(stepsOf(unchanged)[1]?.loss)
  })

  it('an epoch that had ended its steps tells the rate that they were taken with', async () => {
    const { events } = await steered(options(rate(0.1)), 4, rate(0.05))
    expect(epochsOf(events).map(({ learningRate }) => learningRate)).toEqual([0.1, 0.05, 0.05])
  })

  it.each([
    ['penalties and bounds', { regularization: { l2: 0.5, clipNorm: 0.1 } }],
    ['class weights', { classWeights: [3, 1, 0.25] }],
    ['momentum', { optimizer: { type: 'sgd', config: { learningRate: 0.1, momentum: 0.2 } } }],
    ['no momentum', { optimizer: { type: 'sgd', config: { learningRate: 0.1, momentum: 0 } } }],
    ['a schedule', { schedule: { type: 'cosine', config: {} } }]
  ])('%s count from the next step on', async (_, changes) => {
    const { events, unchanged, after } = await steered(options(rate(0.1)), 2, changes)
    expect(stepsOf(events).map(({ step }) => step)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    expect(stepsOf(events)[2]?.loss).not.toBe(stepsOf(unchanged)[2]?.loss)
    expect(epochsOf(events)).toHaveLength(3)
    expect(after.position).toBe(3)
  })

  it('momentum that was off begins at rest', async () => {
    const { after, unchanged } = await steered(options(rate(0.1, { momentum: 0 })), 5, rate(0.1))
    expect([...after.state().tensors.keys()]).toContain('optimizer.velocity.dense1.weight')
    expect(unchanged).toHaveLength(10)
  })

  it.each([4, 7, 20])('batches of %d from the middle of an epoch on take each of its rows once', async (batchSize) => {
    const { events, after } = await steered(options(), 1, { batchSize, epochs: 2 })
    const left = Math.ceil(14 / batchSize)
    expect(after.stepsPerEpoch).toBe(Math.ceil(20 / batchSize))
    expect(stepsOf(events.slice(0, left)).map(({ position }) => position)).toEqual(
      Array.from({ length: left }, (_, i) => Math.min(20, 6 + (i + 1) * batchSize) / 20)
    )
    expect(events[left]?.type).toBe('epoch')
    expect(stepsOf(events)).toHaveLength(left + after.stepsPerEpoch)
    expect(after.position).toBe(2)
  })

  it('with other batches is the same wherever it is left again', async () => {
    const begun = createTraining(options())
    await pulled(begun, 1)
    const changed = options({ batchSize: 9, from: begun.state() })
    const whole = await followed(changed)
    for (const [i, state] of whole.states.entries()) {
      const training = createTraining({ ...changed, from: structuredClone(state) })
      expect(await pulled(training)).toEqual(whole.events.slice(i))
      expect(bitsOf(training.state())).toEqual(bitsOf(whole.states.at(-1) ?? state))
    }
  })

  it('a schedule goes on from its place in the run when batches change', async () => {
    const schedule = { type: 'cosine', config: {} }
    const { events } = await steered(options({ schedule, epochs: 4 }), 10, { batchSize: 10 })
    const whole = stepsOf(await pulled(createTraining(options({ schedule, epochs: 4, batchSize: 10 }))))
    expect(stepsOf(events).map(({ learningRate }) => learningRate)).toEqual(
      whole.slice(4).map(({ learningRate }) => learningRate)
    )
    expect(stepsOf(events)[0]).toMatchObject({ step: 9, position: 2.5 })
  })

  it('more epochs go on, after the last one too', async () => {
    const { events, after } = await steered(options(), 15, { epochs: 5 })
    expect(epochsOf(events).map(({ epoch }) => epoch)).toEqual([4, 5])
    // Without a schedule they are those that a longer run has.
    expect(events).toEqual((await pulled(createTraining(options({ epochs: 5 })))).slice(15))
    expect(after.position).toBe(5)
  })

  it('fewer epochs end it earlier, at once after the last of them', async () => {
    const { events } = await steered(options(), 6, { epochs: 2 })
    expect(epochsOf(events).map(({ epoch }) => epoch)).toEqual([2])
    expect((await steered(options(), 10, { epochs: 2 })).events).toEqual([])
    await expect(steered(options(), 11, { epochs: 2 })).rejects.toMatchObject({
      code: 'too-few-epochs',
      message: expect.stringContaining('in epoch 3 already, so there cannot be 2 epochs. Choose at least 3') as string
    })
    await expect(steered(options(), 15, { epochs: 2 })).rejects.toMatchObject({ code: 'too-few-epochs' })
  })

  it('more patience lets a run go on that had ended, from what it held', async () => {
    const [, stopping] = trainings.find(([name]) => name.startsWith('early stopping')) ?? ['', options()]
    const { state, after, events } = await steered({ ...stopping, executor }, Infinity, {
      earlyStopping: { patience: 50 },
      epochs: 12
    })
    expect(state.earlyStop).not.toBeNull()
    expect(epochsOf(events).at(-1)?.epoch).toBe(12)
    expect(after.earlyStop).toBeNull()
  })

  it('takes the best epoch back when the last one is over by fewer epochs', async () => {
    const [, options] = trainings.at(-1) ?? ['', smallTraining()]
    const whole = createTraining({ ...options, executor })
    await pulled(whole)
    const best = whole.restoredEpoch ?? 0
    expect(best).toBeLessThan(4)
    // Five events an epoch.
    const { after, events } = await steered({ ...options, executor, epochs: 9 }, 20, { epochs: 4 })
    expect(events).toEqual([])
    expect(after.restoredEpoch).toBe(best)
    expect([...after.parameters]).toEqual([...whole.parameters])
  })

  it('takes nothing back that was not kept, and no older epoch than the best', async () => {
    const [, { earlyStopping: _, ...options }] = trainings.at(-1) ?? ['', smallTraining()]
    const { after } = await steered({ ...options, executor }, 18, { earlyStopping: { patience: 9 } })
    expect(after.restoredEpoch).toBeNull()
    const last = createTraining({ ...options, executor })
    await pulled(last)
    expect([...after.parameters]).toEqual([...last.parameters])
  })

  it('takes no older epoch back for the best when that was not kept', async () => {
    const on = { earlyStopping: { patience: 9 } }
    const [first, second, third] = [
      options({ ...rate(0.02), ...on }),
      options(rate(0.02)),
      options({ ...rate(3), ...on })
    ]
    const begun = createTraining(first)
    await pulled(begun, 5)
    const better = createTraining({ ...second, from: begun.state() })
    expect(epochsOf(await pulled(better, 5))).toMatchObject([{ epoch: 2, best: true }])
    const worse = createTraining({ ...third, from: better.state() })
    expect(epochsOf(await pulled(worse))).toMatchObject([{ epoch: 3, best: false }])
    expect(worse.restoredEpoch).toBeNull()
  })

  it('another optimizer begins as one that has taken no step', async () => {
    const schedule = { type: 'constant', config: {} }
    const adamw = { type: 'adamw', config: { learningRate: 0.01, weightDecay: 0 } }
    const { state, after } = await steered(options({ schedule, optimizer: { type: 'adam', config: {} } }), 7, {
      optimizer: adamw
    })
    expect(after.state().optimizer).toEqual({ type: 'adamw', since: state.step })
    const one = createTraining(options({ optimizer: adamw, from: state }))
    await pulled(one, 1)
    // Adam's first step is as long as its rate in every weight, whatever the gradient: m̂ / √v̂ is its sign.
    const before = state.tensors.get('output.weight') ?? new Float64Array()
    const moved = one.parameters.get('output.weight')?.data.map((value, i) => Math.abs(value - (before[i] ?? NaN)))
    for (const distance of moved ?? []) expect(distance).toBeCloseTo(0.01, 4)
    // And it is not forgotten when it began.
    const again = createTraining(options({ optimizer: adamw, from: structuredClone(one.state()) }))
    expect(again.state().optimizer).toEqual({ type: 'adamw', since: state.step })
  })

  it('another schedule begins afresh, the same one with other settings does not', async () => {
    const plateau = (plateauFactor: number) => ({
      schedule: { type: 'plateau', config: { plateauPatience: 0, plateauThreshold: 1, plateauFactor } }
    })
    const { state, after } = await steered(options(plateau(0.5)), 10, plateau(0.1))
    // Every epoch but the first is one without a gain.
    expect(state.schedule.state[0]).toBe(0.5)
    expect(epochsOf((await steered(options(plateau(0.5)), 10, plateau(0.1))).events)[0]?.learningRate).toBe(0.1 * 0.5)
    expect(after.state().schedule.state[0]).toBeCloseTo(0.05, 12)
    const other = await steered(options(plateau(0.5)), 10, { schedule: { type: 'exponential', config: {} } })
    expect(stepsOf(other.events)[0]?.learningRate).toBeCloseTo(0.1 * 0.97 ** 2, 12)
  })
})

describe('a state of the other precision', () => {
  it('is held exactly by the reference, and rounded once by wasm', async () => {
    const fast = createTraining(smallTraining({ executor: 'wasm' }))
    await pulled(fast, 7)
    const exact = createTraining(smallTraining({ executor: 'reference', from: structuredClone(fast.state()) }))
    expect([...exact.parameters]).toEqual([...fast.parameters])
    await pulled(exact, 2)
    const rounded = createTraining(smallTraining({ executor: 'wasm', from: structuredClone(exact.state()) }))
    for (const [name, { data }] of exact.parameters) {
      expect(rounded.parameters.get(name)?.data).toEqual(data.map(Math.fround))
    }
    const [slow, quick] = [stepsOf(await pulled(exact)), stepsOf(await pulled(rounded))]
    expect(quick.map(({ step }) => step)).toEqual(slow.map(({ step }) => step))
    quick.forEach(({ loss }, i) => expect(loss).toBeCloseTo(slow[i]?.loss ?? NaN, 4))
  })
})

describe('nobody can go on from', () => {
  const options = smallTraining({ executor: 'reference' })
  const change = (state: TrainingState, name: string, numbers: Float64Array | null): TrainingState => {
    const tensors = new Map(state.tensors)
    if (numbers === null) tensors.delete(name)
    else tensors.set(name, numbers)
    return { ...state, tensors }
  }
  const inEpoch = (state: TrainingState, changes: object) => {
    const { progress } = state
    return { ...state, progress: progress === null ? null : { ...progress, ...changes } }
  }

  it.each<[string, (state: TrainingState) => TrainingState, string, RegExp]>([
    ['a missing weight', (state) => change(state, 'dense1.weight', null), 'state-mismatch', /no "dense1.weight"/],
    ['a missing buffer', (state) => change(state, 'bn1.running_mean', null), 'state-mismatch', /bn1.running_mean/],
    ['other layers', (state) => change(state, 'dense9.weight', new Float64Array(4)), 'state-mismatch', /dense9.weight/],
    [
      'other sizes',
      (state) => change(state, 'dense1.bias', new Float64Array(4)),
      'state-mismatch',
      /4 numbers.* takes 5/
    ],
    [
      'other sizes of what the optimizer knows',
      (state) => change(state, 'optimizer.velocity.dense1.bias', new Float64Array(4)),
      'state-mismatch',
      /velocity/
    ],
    [
      'other sizes of the best',
      (state) => change(state, 'best.dense1.bias', new Float64Array(4)),
      'state-mismatch',
      /best/
    ],
    ['more rows than there are', (state) => inEpoch(state, { done: 21 }), 'state-mismatch', /21 rows/],
    ['other metrics', (state) => inEpoch(state, { metrics: [[1, 2, 3]] }), 'state-mismatch', /other metrics/],
    ['fewer metrics', (state) => inEpoch(state, { metrics: [] }), 'state-mismatch', /other metrics/],
    [
      'a weight that is none',
      (state) => change(state, 'dense1.bias', new Float64Array(5).fill(NaN)),
      'non-finite-data',
      /Number 1/
    ],
    [
      'a best weight that is none',
      (state) => change(state, 'best.dense1.bias', new Float64Array(5).fill(Infinity)),
      'non-finite-data',
      /Infinity/
    ],
    ['half a step', (state) => ({ ...state, step: 1.5 }), 'invalid-state', /1.5/],
    ['a negative epoch', (state) => ({ ...state, epochs: -1 }), 'invalid-state', /-1/],
    ['more epochs than steps', (state) => ({ ...state, epochs: 100 }), 'invalid-state', /100/],
    ['half a row', (state) => inEpoch(state, { done: 0.5 }), 'invalid-state', /0.5/],
    ['an optimizer of later', (state) => ({ ...state, optimizer: { type: 'sgd', since: 99 } }), 'invalid-state', /99/],
    ['an epoch to come', (state) => ({ ...state, restoredEpoch: 2 }), 'invalid-state', /2/],
    ['no rate', (state) => ({ ...state, schedule: { type: 'plateau', state: [NaN] } }), 'invalid-state', /not finite/],
    ['no best loss', (state) => ({ ...state, stopper: [NaN, 1, 1, 0] }), 'invalid-state', /not finite/]
  ])('%s', async (_, damaged, code, message) => {
    const training = createTraining(options)
    await pulled(training, 6)
    const state = training.state()
    expect(() => createTraining({ ...options, from: state })).not.toThrow()
    const thrown: unknown = await pulled(createTraining({ ...options, from: state }), 0).then(() => {
      try {
        createTraining({ ...options, from: damaged(state) })
      } catch (error) {
        return error
      }
      return null
    })
    expect(thrown).toBeInstanceOf(StudioError)
    expect(thrown).toMatchObject({ code, message: expect.stringMatching(message) as string })
  })
})
