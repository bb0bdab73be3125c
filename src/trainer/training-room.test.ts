import { readdir, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { kernelBytes } from '../../tests/kernels'
import { provideKernels } from '../engine'
import { loadRun } from '../project'
import { ENDLESS, iris, studioOfEachTest } from './testing-studio'

provideKernels(kernelBytes)

const { ask, asked, runWhen, view, at, draft, openIris, keptWeights, uninterrupted, closeAndOpen } = studioOfEachTest()

describe('a run in the studio', () => {
  it('goes on where it was when the studio was closed, to the same weights as in one go', async () => {
    const changes = { epochs: 120, optimizer: { type: 'adam', config: {} } }
    const whole = await uninterrupted(changes)
    await ask('train.reset')
    await ask('train.start')
    await runWhen((run) => run.progress.step > 30)
    const { name } = view().run?.facts.kept ?? {}
    await closeAndOpen()
    const opened = await ask('train.continue', name ?? '', null, false)
    expect(opened.paths).toEqual([iris])
    const { run } = opened.session
    // Not the first run of that dataset in the folder.
    expect(run).toMatchObject({ progress: { status: 'paused' }, facts: { title: 'iris 2', kept: { name } } })
    expect(run?.progress.step).toBeGreaterThan(30)
    expect(run?.steps.step.at(-1)).toBe(run?.progress.step)
    expect(run?.progress.elapsedMs).toBeGreaterThan(0)
    await ask('train.resume')
    expect(await keptWeights()).toBe(whole)
    const kept = await loadRun(at('runs', name ?? ''))
    expect(kept.metrics.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 120 }, (_, i) => i + 1))
  })

  it('goes on once where it is asked to twice, and waits for a run that is being kept', async () => {
    await openIris({ epochs: ENDLESS })
    await ask('train.start')
    await runWhen((run) => run.progress.epoch > 2)
    await ask('train.pause')
    const { name } = view().run?.facts.kept ?? {}
    await closeAndOpen()
    await openIris()
    const both = await Promise.all([
      ask('train.continue', name ?? '', null, false),
      ask('train.continue', name ?? '', null, true)
    ])
    expect(both.map(({ session }) => session.run?.facts.kept.name)).toEqual([name, name])
    expect(view().run?.progress.status).toBe('running')
    // Stopped and gone on with at once, then deleted: nobody is told that this studio is in the way of itself.
    const [, again] = await Promise.all([ask('train.stop'), ask('train.continue', name ?? '', ENDLESS + 1, true)])
    expect(again.session.run?.progress).toMatchObject({ status: 'running', epochs: ENDLESS + 1 })
    await Promise.all([ask('train.stop'), ask('runs.delete', [name ?? ''])])
    expect(await ask('runs.list')).toEqual([])
  })

  it('lets go of a run that is stopped while its first step is made', async () => {
    await openIris({ epochs: ENDLESS })
    // In one turn: the run begins and ends before its loop has had one.
    for (let time = 0; time < 20; time += 1)
      await Promise.all([ask('train.start'), ask('train.stop'), ask('train.reset')])
    const names = (await ask('runs.list')).map(({ name, status }) => `${name} ${status}`)
    expect(names.filter((each) => !each.endsWith('stopped'))).toEqual([])
    const locks = (await readdir(at('runs'), { recursive: true })).filter((file) => file.endsWith('lock'))
    expect(locks).toEqual([])
  })

  it('answers whoever waits for the end of an epoch when it is closed', async () => {
    const file = at('long.csv')
    const rows = Array.from({ length: 40_000 }, (_, row) => `${row % 7},${row % 2 === 0 ? 'a' : 'b'}`)
    await writeFile(file, ['n,class', ...rows].join('\n'))
    await ask('dataset.open', [file], null, {})
    await draft({ epochs: ENDLESS, batchSize: 1, threads: 1 })
    const step = ask('train.step', 'epoch')
    await runWhen((run) => run.progress.status === 'running')
    await asked().session.close()
    expect(await step).toMatchObject({ epochs: ENDLESS })
  })

  it('goes on past its end', async () => {
    const changes = { schedule: { type: 'constant', config: {} } }
    const whole = await uninterrupted({ ...changes, epochs: 50 })
    await draft({ epochs: 20 })
    await ask('train.start')
    const { savedAs } = await runWhen((each) => each.savedAs !== null)
    await ask('train.continue', savedAs ?? '', 50, true)
    expect(await keptWeights()).toBe(whole)
    const { run } = view()
    expect(run).toMatchObject({ savedAs, progress: { epoch: 50 } })
  })

  it('changes settings in mid-training, and refuses what would be another run', async () => {
    await openIris({ epochs: ENDLESS, batchSize: 10 })
    await ask('train.start')
    await runWhen((run) => run.progress.epoch > 3)
    await draft({ batchSize: 30, optimizer: { type: 'adam', config: { learningRate: 0.5 } } })
    const changed = await ask('train.change')
    expect(changed.progress.status).toBe('running')
    const [change, ...others] = changed.facts.changes
    expect(others).toEqual([])
    expect(change?.settings.map(({ label }) => label)).toContain('Batch size')
    const later = await runWhen((run) => run.progress.step > (change?.step ?? Infinity) + 20)
    expect(later.setup.batchSize).toBe(30)
    expect(later.progress.stepsPerEpoch).toBe(4)
    await draft({ seed: 99 })
    await expect(ask('train.change')).rejects.toMatchObject({ code: 'not-changeable', details: { setting: 'Seed' } })
    const { progress } = view().run ?? {}
    expect(progress?.status).toBe('running')
    await ask('train.pause')
    const places = view().run?.steps.position ?? []
    // Positions rise over the change, whatever the number of steps of an epoch.
    expect(places.every((place, i) => i === 0 || place > (places[i - 1] ?? NaN))).toBe(true)
    // It is in the run when that goes on another day.
    const { name } = view().run?.facts.kept ?? {}
    await closeAndOpen()
    const { session } = await ask('train.continue', name ?? '', null, false)
    expect(session.run?.facts.changes).toEqual([change])
    expect(session.setup?.setup.batchSize).toBe(30)
  })

  it('forks from a past epoch: with nothing changed it comes to the same weights', async () => {
    const whole = await uninterrupted({ epochs: 40 })
    const parent = view().run
    const forked = await ask('train.fork', 15)
    expect(forked.facts.parent).toMatchObject({ runId: parent?.runId, name: parent?.savedAs, epoch: 15, settings: [] })
    expect(forked.epochs.slice(0, 15)).toEqual(parent?.epochs.slice(0, 15))
    expect(await keptWeights()).toBe(whole)
    const run = view().run
    expect(run?.epochs.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
    expect(run?.epochs.map(({ trainLoss }) => trainLoss)).toEqual(parent?.epochs.map(({ trainLoss }) => trainLoss))
    const steps = await ask('run.steps', run?.runId ?? '', 1, 1000, 2000)
    expect(steps?.step).toEqual(Array.from({ length: run?.progress.step ?? 0 }, (_, i) => i + 1))
    expect(await ask('run.steps', parent?.runId ?? '', 1, 1000, 2000)).toBeNull()

    await draft({ optimizer: { type: 'adam', config: { learningRate: 0.3 } } })
    const other = await ask('train.fork', 20)
    expect(other.facts.parent?.settings.length).toBeGreaterThan(0)
    expect(await keptWeights()).not.toBe(whole)
    await expect(ask('train.fork', 500)).rejects.toMatchObject({ code: 'nothing-to-train' })
    await draft({ epochs: 1000 })
    await expect(ask('train.fork', 500)).rejects.toMatchObject({ code: 'unknown-moment' })
  })

  it('shows a past moment as it was', async () => {
    await openIris({ epochs: ENDLESS })
    await ask('train.step', 'epoch')
    const early = await ask('run.evaluate', 'validation', null)
    const weights = await ask('run.weights', null)
    for (let epoch = 0; epoch < 9; epoch += 1) await ask('train.step', 'epoch')
    expect(view().run?.facts.moments).toContain(1)
    expect(await ask('run.weights', 1)).toEqual(weights)
    expect(await ask('run.evaluate', 'validation', 1)).toEqual(early)
    expect(await ask('run.weights', null)).not.toEqual(weights)
    await expect(ask('run.weights', 11)).rejects.toMatchObject({ code: 'unknown-moment' })
    expect((await ask('run.activations', 3, 1))?.epoch).toBe(1)
    expect(await ask('run.filters', 1)).toBeNull()
  })

  it('compares the network with a guess and a straight line, once its first epoch is told', async () => {
    await openIris({ epochs: 60 })
    await ask('train.start')
    const run = await runWhen(({ facts }) => facts.baselines.verdict !== null)
    expect(run.facts.baselines.models.map(({ kind }) => kind)).toEqual(['constant', 'linear'])
    expect(run.facts.baselines.error).toBeNull()
  })

  it('tests learning rates, and waits while a run trains', async () => {
    await openIris({ epochs: ENDLESS })
    await ask('train.start')
    expect(await ask('train.rateTest')).toMatchObject({ state: 'running', rates: [] })
    await runWhen((run) => run.progress.epoch > 20)
    expect(view().rateTest?.rates).toEqual([])
    await ask('train.pause')
    while (view().rateTest?.state === 'running') await new Promise((resolve) => setImmediate(resolve))
    const { rateTest } = view()
    expect(rateTest).toMatchObject({ state: 'done', error: null, sentence: expect.any(String) as string })
    expect(rateTest?.losses).toHaveLength(rateTest?.rates.length ?? 0)
    expect(rateTest?.rates.length).toBeGreaterThan(20)
    const told = asked().messages.findLast(({ type }) => type === 'rate-test')
    expect(told).toMatchObject({ rateTest: { state: 'done' } })
    await ask('train.resume')
    await ask('train.rateTest')
    await expect(ask('train.rateTest')).rejects.toMatchObject({ code: 'rate-test-in-progress' })
    await ask('train.cancelRateTest')
    expect(view().rateTest?.state).toBe('cancelled')
  })

  it('writes a checkpoint where it is asked for, and at a pause', async () => {
    await openIris({ epochs: ENDLESS })
    await ask('train.start')
    await runWhen((run) => run.progress.epoch > 2)
    await ask('session.checkpoint')
    const { run } = view()
    expect(run?.progress.status).toBe('running')
    expect(run?.facts.kept.checkpointStep).toBeGreaterThan(0)
    const { step } = await ask('train.pause')
    expect(view().run?.facts.kept.checkpointStep).toBe(step)
  })

  it('keeps steps that are taken by hand', async () => {
    await openIris({ epochs: ENDLESS })
    for (const unit of ['step', 'epoch', 'step'] as const) await ask('train.step', unit)
    const kept = await runWhen((run) => run.facts.kept.checkpointStep === run.progress.step)
    expect(kept.progress).toMatchObject({ status: 'paused', step: kept.progress.stepsPerEpoch + 1 })
  })

  it('trains on where nothing can be written, and says so', async () => {
    await writeFile(at('runs'), 'a file where the folder should be')
    await openIris({ epochs: 5 })
    const { facts } = await ask('train.start')
    expect(facts.kept).toMatchObject({ name: null, problem: { code: expect.any(String) as string } })
    const run = await runWhen((each) => each.saveError !== null)
    expect(run.progress.status).toBe('completed')
    expect(asked().kept.at(-1)).toMatchObject({ unsaved: true })
    expect((await ask('run.evaluate', 'validation', null))?.rows).toBe(30)
    await expect(ask('train.fork', 2)).rejects.toMatchObject({ code: 'unknown-moment' })
  })

  it('leaves nothing behind of a run that took no step', async () => {
    await openIris({ epochs: 5 })
    await ask('train.start')
    const { progress } = view().run ?? {}
    await ask('train.reset')
    expect((await readdir(at('runs'))).length).toBe(progress?.step === 0 ? 0 : 1)
  })

  it('finds what ails a run, tries the remedy beside it, and is quiet about what was dismissed', async () => {
    // Of a run that is over the findings stay what they are, whatever the machine's pace.
    await openIris({ epochs: 500, prepare: false, optimizer: { type: 'sgd', config: { learningRate: 1e3 } } })
    await ask('train.start')
    await keptWeights()
    const [finding] = (await runWhen(({ facts }) => facts.findings.length > 0)).facts.findings
    expect(finding?.trial).toBeNull()
    const rule = finding?.rule ?? ''
    await expect(ask('train.tryRemedy', 'no-such-rule')).rejects.toMatchObject({ code: 'unknown-finding' })
    const both = await Promise.allSettled([ask('train.tryRemedy', rule), ask('train.tryRemedy', rule)])
    expect(both).toMatchObject([{ status: 'fulfilled' }, { status: 'rejected', reason: { code: 'trial-in-progress' } }])
    const tried = await runWhen(({ facts }) => facts.findings[0]?.trial?.state !== 'running')
    expect(tried.facts.findings[0]?.trial).toMatchObject({ state: 'done', sentence: expect.any(String) as string })
    await ask('train.dismissFinding', rule)
    expect(view().run?.facts.findings.map((each) => each.rule)).not.toContain(rule)
  })
  it('ends a trial with the run that it is of', async () => {
    await openIris({ epochs: ENDLESS, optimizer: { type: 'adam', config: { learningRate: 3 } } })
    // Paused after an epoch it is looked at all the same, and its view is small.
    await ask('train.step', 'epoch')
    const run = await runWhen(({ facts }) => facts.findings.length > 0)
    await ask('train.tryRemedy', run.facts.findings[0]?.rule ?? '')
    const states = ({ facts }: typeof run) => facts.findings.map(({ trial }) => trial?.state ?? 'none')
    const [before] = await Promise.all([runWhen(() => true), ask('train.stop')])
    expect(states(before)).toContain('running')
    const after = await runWhen((each) => !states(each).includes('running'))
    // Not "done", as it would be two seconds later.
    expect(new Set(states(after))).toEqual(new Set(['none']))
  })
})
