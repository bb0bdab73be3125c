import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kernelBytes } from '../../tests/kernels'
import { readTables } from '../data'
import { provideKernels } from '../engine'
import { beginRun, openExperiment, readWeightsFile } from '../project'
import { iris, samples, studioOfEachTest } from './testing-studio'

provideKernels(kernelBytes)

const { ask, runWhen, view, at, draft, openIris, uninterrupted, closeAndOpen } = studioOfEachTest()

describe('training a run again', () => {
  it('trains again exactly, and says that it did', async () => {
    await uninterrupted({ epochs: 30 })
    const name = view().run?.savedAs ?? ''
    await ask('dataset.open', [join(samples, 'penguins.csv')], null, {})
    const { session } = await ask('train.again', name)
    expect(session.dataset?.fileName).toBe('iris.csv')
    expect(session.run?.facts.repeats?.name).toBe(name)
    const run = await runWhen((each) => each.savedAs !== null)
    expect(run.facts.repeats).toEqual({ name, identical: true })
    expect(run.savedAs).not.toBe(name)
  })

  it('trains a changed run again exactly: its changes are made at their steps', async () => {
    await openIris({ epochs: 60, batchSize: 10 })
    for (const step of [1, 2, 3]) {
      expect((await ask('train.step', 'step')).step).toBe(step)
    }
    await draft({ optimizer: { type: 'adam', config: { learningRate: 0.02 } } })
    await ask('train.change')
    await ask('train.step', 'epoch')
    await ask('train.step', 'epoch')
    await draft({ batchSize: 7, schedule: { type: 'cosine', config: {} } })
    await ask('train.change')
    await ask('train.resume')
    await runWhen((run) => run.savedAs !== null)
    // Gone on with past its end, which is a change too.
    const { savedAs } = view().run ?? {}
    await ask('train.continue', savedAs ?? '', 80, true)
    const { facts: before } = await runWhen((run) => run.savedAs !== null)
    expect(before.changes.map(({ step }) => step)).toEqual([3, 24, expect.any(Number)])

    const begun = await ask('train.again', savedAs ?? '')
    expect(begun.session.run).toMatchObject({ setup: { batchSize: 10, epochs: 60 }, facts: { changes: [] } })
    const { facts, progress, setup } = await runWhen((run) => run.savedAs !== null)
    expect(facts.repeats).toEqual({ name: savedAs, identical: true })
    expect(facts.kept.weightsSha256).toBe(before.kept.weightsSha256)
    expect(facts.changes.map(({ step, settings }) => [step, settings])).toEqual(
      before.changes.map(({ step, settings }) => [step, settings])
    )
    expect(progress.epoch).toBe(80)
    // Whoever has edited nothing has the settings of the run.
    expect(view().setup?.setup).toEqual(setup)
  })

  it('goes on repeating where it was closed, and no more once it is changed by hand', async () => {
    const changes = { epochs: 400, batchSize: 10 }
    await openIris(changes)
    for (let epoch = 0; epoch < 300; epoch += 1) await ask('train.step', 'epoch')
    await draft({ batchSize: 30 })
    await ask('train.change')
    await ask('train.resume')
    const { savedAs } = await runWhen((run) => run.savedAs !== null)

    await ask('train.again', savedAs ?? '')
    await ask('train.pause')
    expect(view().run?.progress.epoch).toBeLessThan(300)
    const { name } = view().run?.facts.kept ?? {}
    await closeAndOpen()
    await ask('train.continue', name ?? '', null, true)
    expect((await runWhen((run) => run.savedAs !== null)).facts.repeats).toEqual({ name: savedAs, identical: true })

    await ask('train.again', savedAs ?? '')
    await ask('train.pause')
    await draft({ optimizer: { type: 'adam', config: { learningRate: 0.5 } } })
    await ask('train.change')
    await ask('train.resume')
    const { facts } = await runWhen((run) => run.savedAs !== null)
    expect(facts.changes).toHaveLength(1)
    expect(facts.repeats).toEqual({ name: savedAs, identical: false })
  })

  it('trains a fork again exactly, from where it was forked', async () => {
    await uninterrupted({ epochs: 20 })
    await draft({ optimizer: { type: 'adam', config: { learningRate: 0.05 } } })
    await ask('train.fork', 5)
    const fork = await runWhen((run) => run.savedAs !== null)
    const parent = fork.facts.parent?.name ?? ''
    await ask('train.reset')
    // Its parent is not needed for it.
    await ask('runs.delete', [parent])
    const { session } = await ask('train.again', fork.savedAs ?? '')
    expect(session.run?.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5])
    const again = await runWhen((run) => run.savedAs !== null)
    expect(again.facts.repeats).toEqual({ name: fork.savedAs, identical: true })
    expect(again.facts.parent).toEqual(fork.facts.parent)
    expect(again.epochs.map(({ trainLoss }) => trainLoss)).toEqual(fork.epochs.map(({ trainLoss }) => trainLoss))
    const steps = await ask('run.steps', again.runId, 1, 1000, 100)
    expect(steps?.step[0]).toBe((fork.epochs[4]?.step ?? 0) + 1)
  })

  it('trains a run again exactly that began with the weights of a file', async () => {
    await uninterrupted({ epochs: 6 })
    const { setup, savedAs } = view().run ?? {}
    const weights = at('runs', savedAs ?? '', 'weights.safetensors')
    const table = await readTables([iris])
    if (setup === undefined) throw new Error('no run')
    const initial = { ...(await readWeightsFile(weights)), fileName: 'begin.safetensors' }
    const experiment = openExperiment(table, { ...setup, seed: 9 }, { initial })
    const recorder = await beginRun(at('runs', 'warm'), experiment, { paths: [iris], title: 'Warm' })
    for await (const event of experiment.training.events()) recorder.record(event, experiment.elapsedMs)
    await recorder.finish(await experiment.finish('completed'))
    experiment.training.close()
    await ask('train.again', 'warm')
    expect((await runWhen((run) => run.savedAs !== null)).facts.repeats).toEqual({ name: 'warm', identical: true })
    await rm(at('runs', 'warm', 'timeline.log'))
    await expect(ask('train.again', 'warm')).rejects.toMatchObject({ code: 'not-repeatable' })
  })
})
