/** Experiments that are changed, left and gone on with. */
import { describe, expect, it } from 'vitest'
import type { EpochEvent, TrainEvent } from '../engine'
import { epochPointOf, openExperiment, type Experiment } from './experiment'
import { madeSetup, madeTable } from './testing/tables'
import { trainedRun } from './testing/runs'

const table = madeTable('multi-class')
const setup = madeSetup('multi-class', 'cross-entropy')
const optimizer = (learningRate: number) => ({ type: 'sgd', config: { learningRate, momentum: 0.9 } })

async function pulled({ training }: Experiment, most = Infinity): Promise<TrainEvent[]> {
  const events: TrainEvent[] = []
  for await (const event of training.events()) if (events.push(event) >= most) break
  return events
}
const rates = (events: readonly TrainEvent[]) =>
  events.flatMap((event) => (event.type === 'step' ? [event.learningRate] : []))

describe('change', () => {
  it('counts from the next step on, for whoever is pulling already', async () => {
    const experiment = openExperiment(table, setup)
    const { training } = experiment
    const events: TrainEvent[] = []
    for await (const event of training.events()) {
      events.push(event)
      if (event.step === 3 && event.type === 'step') experiment.change({ ...setup, optimizer: optimizer(0.01) })
      if (event.step === 8 && event.type === 'step') experiment.change({ ...experiment.setup, batchSize: 30 })
    }
    expect(experiment.training).toBe(training)
    expect(rates(events).slice(0, 5)).toEqual([0.05, 0.05, 0.05, 0.01, 0.01])
    // Five steps of 16 rows in the first epoch; three and then one with all that are left in the second; three an epoch after it.
    expect(events.filter(({ type }) => type === 'epoch').map(({ step }) => step)).toEqual([5, 9, 12, 15, 18])
    expect(experiment.setup).toEqual({ ...setup, optimizer: optimizer(0.01), batchSize: 30 })
    const { record, metrics } = await experiment.finish('completed')
    expect(record).toMatchObject({ steps: 18, epochs: 5, setup: { batchSize: 30 } })
    expect(metrics.map(({ step }) => step)).toEqual([5, 9, 12, 15, 18])
  })

  it('is the same run when nothing differs, with more threads for one', async () => {
    const whole = await trainedRun(table, setup)
    const experiment = openExperiment(table, setup)
    await pulled(experiment, 8)
    experiment.change({ ...setup, threads: 1 })
    await pulled(experiment)
    const { parameters, record } = await experiment.finish('completed')
    expect([...parameters]).toEqual([...whole.parameters])
    expect(record.final).toEqual(whole.record.final)
  })

  it('lets a run go on that had come to its end', async () => {
    const experiment = openExperiment(table, setup)
    await pulled(experiment)
    experiment.training.close()
    experiment.change({ ...setup, epochs: 7 })
    expect((await pulled(experiment)).filter(({ type }) => type === 'epoch')).toHaveLength(2)
    expect(experiment.epochs).toHaveLength(7)
    const long = await trainedRun(table, { ...setup, epochs: 7 })
    expect([...(await experiment.finish('completed')).parameters]).toEqual([...long.parameters])
  })

  it.each([
    ['not-changeable', { seed: 9 }, /"Seed" cannot change while a run goes on: it is 3, and was to be 9/],
    ['not-changeable', { layers: [] }, /Layer 1/],
    ['invalid-setup', { batchSize: 0 }, /Batch size/],
    ['too-few-epochs', { epochs: 1 }, /in epoch 2 already/]
  ])('refuses as %s %j, and goes on as it was', async (code, changes, message) => {
    const experiment = openExperiment(table, setup)
    await pulled(experiment, 8)
    const refusal = expect.objectContaining({ code, message: expect.stringMatching(message) as string }) as Error
    expect(() => experiment.change({ ...setup, ...changes })).toThrow(refusal)
    expect(experiment.setup).toEqual(setup)
    await pulled(experiment)
    const whole = await trainedRun(table, setup)
    expect([...(await experiment.finish('completed')).parameters]).toEqual([...whole.parameters])
  })

  it('judges by the new loss settings at once', async () => {
    const experiment = openExperiment(table, setup)
    await pulled(experiment, 6)
    const before = await experiment.evaluation()
    experiment.change({ ...setup, classWeights: [5, 1, 0.1] })
    const after = await experiment.evaluation()
    expect(after.loss).not.toBe(before.loss)
    expect(after.metrics).toEqual(before.metrics)
    expect((await experiment.finish('stopped')).record.classWeights).toEqual([5, 1, 0.1])
  })
})

describe('an experiment that goes on from a state', () => {
  it.each([0, 3, 5, 6, 14])('after %d events is the run that was never left', async (left) => {
    const whole = openExperiment(table, setup)
    await pulled(whole)
    const first = openExperiment(table, setup)
    await pulled(first, left)
    const second = openExperiment(table, setup, {
      id: first.id,
      from: structuredClone(first.state()),
      history: first.epochs
    })
    expect([second.steps, second.epoch]).toEqual([first.steps, first.epoch])
    await pulled(second)
    const [expected, got] = [await whole.finish('completed'), await second.finish('completed')]
    expect([...got.parameters]).toEqual([...expected.parameters])
    const timeless = (run: typeof got) => run.metrics.map((epoch) => ({ ...epoch, elapsedMs: null }))
    expect(timeless(got)).toEqual(timeless(expected))
    expect({ ...got.record, createdAt: '' }).toEqual({ ...expected.record, id: first.id, createdAt: '' })
    const times = got.metrics.map(({ elapsedMs }) => elapsedMs ?? NaN)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(second.elapsedMs).toBeGreaterThanOrEqual(times.at(-1) ?? NaN)
  })

  it('leaves out what was to come, as a fork of a past epoch does', async () => {
    const whole = openExperiment(table, setup)
    const states = new Map<number, ReturnType<Experiment['state']>>()
    for await (const event of whole.training.events())
      if (event.type === 'epoch') states.set(event.epoch, whole.state())
    const from = states.get(2)
    if (from === undefined) throw new Error('has two epochs')
    const fork = openExperiment(table, { ...setup, optimizer: optimizer(0.5) }, { from, history: whole.epochs })
    expect(fork.epochs).toEqual(whole.epochs.slice(0, 2))
    await pulled(fork)
    expect(fork.epochs).toHaveLength(5)
    expect(fork.epochs[2]?.trainLoss).not.toBe(whole.epochs[2]?.trainLoss)
  })

  it('keeps the file that its first weights came from', async () => {
    const { state } = openExperiment(table, setup)
    const initialWeights = { fileName: 'w.safetensors', sha256: 'a'.repeat(64) }
    const experiment = openExperiment(table, setup, { from: state(), initialWeights })
    expect((await experiment.finish('stopped')).record.initialWeights).toEqual(initialWeights)
  })
})

describe('a moment', () => {
  it('is the network as it was: its weights, and how it does', async () => {
    const experiment = openExperiment(table, setup)
    await pulled(experiment, 6)
    const state = experiment.state()
    const [evaluation, weights] = [await experiment.evaluation(), experiment.weights()]
    await pulled(experiment)
    const moment = experiment.moment(state)
    expect([moment.epoch, moment.step]).toEqual([1, 5])
    expect(await experiment.evaluation('validation', moment)).toEqual(evaluation)
    expect(experiment.weights(moment)).toEqual(weights)
    expect((await experiment.evaluation()).loss).not.toBe(evaluation.loss)
    expect(experiment.moment()).toEqual({ epoch: 5, step: 25, parameters: experiment.training.parameters })
    expect(await experiment.evaluation('validation', experiment.moment())).toEqual(await experiment.evaluation())
  })

  it('is of this model alone', () => {
    const other = openExperiment(table, { ...setup, layers: [] }).state()
    expect(() => openExperiment(table, setup).moment(other)).toThrow(
      expect.objectContaining({ code: 'state-mismatch' }) as Error
    )
  })
})

describe('epochPointOf', () => {
  it('tells the last step, the time and what the layers did', async () => {
    const experiment = openExperiment(table, setup, { watch: true })
    const events = await pulled(experiment, 6)
    const epoch = events.find((event): event is EpochEvent => event.type === 'epoch')
    if (epoch === undefined) throw new Error('has an epoch')
    expect(epochPointOf(epoch, 12)).toMatchObject({ epoch: 1, step: 5, elapsedMs: 12, layers: epoch.layers })
    expect(epoch.layers?.map(({ layer }) => layer)).toEqual(['dense1', 'output'])
    expect(experiment.epochs[0]?.layers).toEqual(epoch.layers)
  })
})
