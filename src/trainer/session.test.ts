import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { kernelBytes } from '../../tests/kernels'
import { losableThreads } from '../../tests/threads'
import { provideKernels, provideThreads } from '../engine'
import { loadRun } from '../project'
import type { Setup } from '../shared/setup'
import type { SetupView } from '../shared/views'
import type { Session } from './session'
import { askedSession, type AskedSession } from './testing'

const samples = join(import.meta.dirname, '../../resources/samples')
const iris = join(samples, 'iris.csv')

let folder: string
let asked: AskedSession
let session: Session
let ask: AskedSession['ask']
let runWhen: AskedSession['runWhen']
let messages: AskedSession['messages']
let kept: AskedSession['kept']

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'studio-session-'))
  asked = askedSession(folder, samples)
  ;({ session, ask, runWhen, messages, kept } = asked)
})

afterEach(async () => {
  await session.close()
  asked.unplug()
  await rm(folder, { recursive: true, force: true })
})

async function openIris(changes: Partial<Setup> = {}): Promise<void> {
  const { setup } = await ask('dataset.open', [iris], null, {})
  if (setup === null) throw new Error('no setup')
  await ask('setup.update', { ...setup.setup, ...changes })
}

/** Where the setup stands, once the checks of the data are done. */
async function checked(): Promise<SetupView> {
  for (;;) {
    const { setup } = session.view()
    if (setup !== null && !setup.checking) return setup
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('Session', () => {
  it('shows a column before and after preparation, as the setup is now', async () => {
    await openIris()
    const setup = session.view().setup?.setup
    if (setup === undefined) throw new Error('no setup')
    const [name = ''] = session.view().setup?.prepared?.features ?? []
    const standard = await ask('dataset.columnPreview', name)
    expect(standard.cells).toHaveLength(5)
    await ask('setup.update', { ...setup, columns: [{ name, scaling: 'min-max' }] })
    const scaled = await ask('dataset.columnPreview', name)
    expect(scaled.cells.map(({ raw }) => raw)).toEqual(standard.cells.map(({ raw }) => raw))
    expect([scaled.cells[0]?.inputs[0]?.[1], scaled.cells[4]?.inputs[0]?.[1]]).toEqual([0, 1])
    expect((await checked()).associations.map(({ measure }) => measure)).toContain('correlation-ratio')
  })

  it('reads a file as the person says, and tells how it was read', async () => {
    const file = join(folder, 'broken.csv')
    const rows = Array.from({ length: 20 }, (_, row) => `${row},${row % 2 === 0 ? 'a' : 'b'}`)
    await writeFile(file, ['n,class', ...rows, '1,2,3'].join('\n'))
    await expect(ask('dataset.open', [file], null, {})).rejects.toMatchObject({ code: 'bad-row' })
    const { dataset } = await ask('dataset.open', [file], null, { badRows: 'skip' })
    expect(dataset?.skipped).toMatchObject({ count: 1, rows: [{ line: 22 }] })
    expect(dataset?.readAs).toEqual({ badRows: 'skip' })
    expect(dataset?.format).toMatchObject({ kind: 'delimited', delimiter: ',' })
  })

  it('answers before the data is checked, and tells what was found after', async () => {
    const file = join(folder, 'leak.csv')
    const rows = Array.from({ length: 60 }, (_, row) => `${row % 7},${row % 2 === 0 ? 'a,x' : 'b,y'}`)
    await writeFile(file, ['n,copy,class', ...rows].join('\n'))
    const { setup } = await ask('dataset.open', [file], null, {})
    expect(setup).toMatchObject({ checking: true, findings: [], associations: [] })
    const found = await checked()
    expect(found.findings.map(({ code }) => code)).toContain('leak')
    const told = messages.flatMap((message) => (message.type === 'setup' ? [message.setup] : []))
    expect(told).toEqual([found])

    // The same data: what is known is told at once. Other data, same target: what was found stays in view meanwhile.
    const same = await ask('setup.update', { ...found.setup, epochs: 7 })
    expect(same).toMatchObject({ checking: false, findings: found.findings })
    // Another target: nothing of what was found is about it.
    const [fewer, other] = await Promise.all([
      ask('setup.update', { ...found.setup, ignored: ['copy'] }),
      ask('setup.update', { ...found.setup, target: 'copy' })
    ])
    expect(fewer).toMatchObject({ checking: true, findings: found.findings })
    expect(other).toMatchObject({ checking: true, findings: [], associations: [] })
    const last = await checked()
    expect(last.setup.target).toBe('copy')
    // The check of the setup before was ended: nobody is told of it.
    const setups = messages.flatMap((message) => (message.type === 'setup' ? [message.setup.setup] : []))
    expect(setups.some(({ ignored }) => ignored.includes('copy'))).toBe(false)
  })

  it('gives up reading when it is told to, and keeps what is open', async () => {
    await openIris()
    await checked()
    const before = session.view()
    const big = join(folder, 'big.csv')
    await writeFile(big, `a,b,c\n${'1.25,text,3\n'.repeat(400_000)}`)
    const opening = ask('dataset.open', [big], null, {})
    expect(await ask('dataset.cancelRead')).toBeNull()
    await expect(opening).rejects.toMatchObject({ code: 'cancelled' })
    expect(session.view()).toEqual(before)
    // Without a reading there is nothing to give up.
    expect(await ask('dataset.cancelRead')).toBeNull()
    expect((await ask('dataset.open', [iris], null, {})).dataset?.fileName).toBe('iris.csv')
  })

  it('looks at the test rows only when asked to, and counts the looks', async () => {
    await openIris({ epochs: 100_000, test: 0.2 })
    await ask('train.step', 'step')
    expect(session.view().run?.test).toEqual({ looks: 0, looksBefore: 0, evaluation: null, step: null })
    const first = await ask('run.evaluate', 'test', null)
    expect(first).toMatchObject({ on: 'test', rows: 30 })
    // The same weights again are no new look.
    expect(await ask('run.evaluate', 'test', null)).toEqual(first)
    expect(session.view().run?.test).toEqual({ looks: 1, looksBefore: 0, evaluation: first, step: 1 })
    await ask('train.resume')
    await expect(ask('run.evaluate', 'test', null)).rejects.toMatchObject({ code: 'run-in-progress' })
    await runWhen((run) => run.progress.epoch > 2)
    await ask('train.stop')
    await ask('run.evaluate', 'test', null)
    expect(session.view().run?.test).toMatchObject({ looks: 2, looksBefore: 0 })
    await ask('train.start')
    await ask('train.stop')
    expect(session.view().run?.test).toEqual({ looks: 0, looksBefore: 2, evaluation: null, step: null })
    await openIris({ epochs: 1 })
    await ask('train.step', 'step')
    await expect(ask('run.evaluate', 'test', null)).rejects.toMatchObject({ code: 'no-test-rows' })
    expect(session.view().run?.test).toEqual({ looks: 0, looksBefore: 0, evaluation: null, step: null })
  })

  it('cross-validates beside the run, and forgets that with the dataset', async () => {
    await openIris({ epochs: 3 })
    await ask('train.start')
    const before = await runWhen((run) => run.savedAs !== null)
    expect(await ask('run.crossValidate', 3)).toMatchObject({ state: 'running', folds: 3, epochs: 3 })
    for (;;) {
      const { crossValidation } = session.view()
      if (crossValidation?.state === 'completed') break
      await new Promise((resolve) => setImmediate(resolve))
    }
    const { crossValidation, run, setup } = session.view()
    expect(crossValidation?.results.map(({ validationRows }) => validationRows)).toEqual([50, 50, 50])
    expect(crossValidation?.summary?.metrics['accuracy']?.mean).toBeGreaterThan(0.3)
    expect(run).toEqual(before)
    const told = messages.flatMap((message) => (message.type === 'cross-validation' ? [message.crossValidation] : []))
    expect(told.at(-1)).toEqual(crossValidation)
    if (setup === null) throw new Error('no setup')
    await ask('setup.update', { ...setup.setup, epochs: 4 })
    expect(session.view().crossValidation?.state).toBe('outdated')
    await ask('run.crossValidate', 2)
    await openIris()
    expect(session.view().crossValidation).toBeNull()
  })

  it('opens several files as one table, kept back by their names', async () => {
    const text = (rows: number) =>
      ['x,kind', ...Array.from({ length: rows }, (_, row) => `${(row * 7) % 13},${row % 2 === 0 ? 'a' : 'b'}`)].join(
        '\n'
      )
    const files = ['train.csv', 'val.csv', 'test.csv'].map((name) => join(folder, name))
    for (const [index, file] of files.entries()) await writeFile(file, text([20, 6, 4][index] ?? 0))
    const { dataset, setup } = await ask('dataset.open', files, null, {})
    expect(dataset).toMatchObject({ fileName: '3 files', rows: 30 })
    expect(dataset?.columns.map(({ name }) => name)).toEqual(['x', 'kind', 'file'])
    expect(setup?.setup.split).toEqual({ by: 'fixed', column: 'file', validation: ['val.csv'], test: ['test.csv'] })
    expect(setup?.prepared).toMatchObject({ trainRows: 20, validationRows: 6, testRows: 4, features: ['x'] })
  })

  it('suggests a setup for a sample, trains it, evaluates it and keeps it', async () => {
    await openIris()
    const view = session.view()
    expect(view.setup?.setup.target).toBe('species')
    expect(view.setup?.prepared?.classes).toHaveLength(3)
    await ask('train.start')
    const run = await runWhen((candidate) => candidate.savedAs !== null)
    expect(run.progress.status).toBe('completed')
    expect(run.epochs).toHaveLength(run.progress.epochs)
    expect(run.saveError).toBeNull()
    const evaluation = await ask('run.evaluate', 'validation', null)
    const accuracy = evaluation?.metrics.find((metric) => metric.name === 'accuracy')?.value ?? 0
    expect(accuracy).toBeGreaterThanOrEqual(0.93)
    expect(evaluation?.confusion?.counts.flat().reduce((sum, count) => sum + count, 0)).toBe(
      run.prepared.validationRows
    )
    const kept = await loadRun(join(folder, run.savedAs ?? ''))
    expect(kept.record.status).toBe('completed')
    expect(kept.metrics).toHaveLength(run.epochs.length)
  })

  it('tells every epoch exactly once, in order', async () => {
    await openIris({ epochs: 300 })
    await ask('train.start')
    await runWhen((run) => run.savedAs !== null)
    let seen: number[] = []
    for (const message of messages) {
      if (message.type === 'run' && message.run !== null) seen = message.run.epochs.map((point) => point.epoch)
      if (message.type === 'frame') seen.push(...message.epochs.map((point) => point.epoch))
    }
    expect(seen).toEqual(Array.from({ length: 300 }, (_, index) => index + 1))
  })

  it('steps once at a time, and pauses and resumes to the same weights as without a pause', async () => {
    await openIris({ epochs: 300 })
    const first = await ask('train.step', 'step')
    expect(first).toMatchObject({ status: 'paused', step: 1, epoch: 1 })
    const second = await ask('train.step', 'step')
    expect(second.step).toBe(2)
    await ask('train.resume')
    await ask('train.pause')
    await ask('train.resume')
    await runWhen((run) => run.savedAs !== null)
    const interrupted = await ask('run.weights', null)
    await ask('train.reset')
    await ask('train.start')
    await runWhen((run) => run.savedAs !== null)
    expect(await ask('run.weights', null)).toEqual(interrupted)
  })

  it('completes by single steps, with the last epoch reported', async () => {
    await openIris({ epochs: 1, batchSize: 60 })
    const { stepsPerEpoch } = await ask('train.step', 'step')
    let progress = await ask('train.step', 'step')
    for (let step = 2; step < stepsPerEpoch; step += 1) progress = await ask('train.step', 'step')
    expect(progress.status).toBe('completed')
    expect(session.view().run?.epochs).toHaveLength(1)
  })

  it('keeps a stopped run, and one that a new dataset pushes out', async () => {
    await openIris({ epochs: 100_000 })
    await ask('train.start')
    await runWhen((run) => run.progress.epoch > 2)
    expect((await ask('train.stop')).status).toBe('stopped')
    const stopped = await runWhen((run) => run.savedAs !== null)
    expect((await loadRun(join(folder, stopped.savedAs ?? ''))).record.status).toBe('stopped')
    await ask('train.start')
    const running = await runWhen((run) => run.progress.epoch > 2)
    await ask('dataset.open', [join(samples, 'penguins.csv')], null, {})
    expect(session.view().run).toBeNull()
    expect(running.runId).not.toBe(stopped.runId)
    expect(await readdir(folder)).toHaveLength(2)
  })

  it('stays as it was when a file cannot be read', async () => {
    await openIris()
    await checked()
    const before = session.view()
    const bad = join(folder, 'empty.csv')
    await writeFile(bad, '')
    await expect(ask('dataset.open', [bad], null, {})).rejects.toMatchObject({ code: 'empty-file' })
    expect(session.view()).toEqual(before)
  })

  it('says why a setup cannot be prepared, and goes on when it is mended', async () => {
    await openIris()
    const { setup } = session.view()
    if (setup === null) throw new Error('no setup')
    const broken = await ask('setup.update', { ...setup.setup, target: 'no such column' })
    expect(broken.prepared).toBeNull()
    expect(broken.error?.code).toBe('unknown-target')
    await expect(ask('train.start')).rejects.toMatchObject({ code: 'unknown-target' })
    expect((await ask('setup.update', setup.setup)).error).toBeNull()
  })

  it('stops a diverging run with its layer and step, and keeps finite weights', async () => {
    const { setup } = await ask('dataset.open', [join(samples, 'auto-mpg.csv')], null, {})
    if (setup === null) throw new Error('no setup')
    await ask('setup.update', {
      ...setup.setup,
      optimizer: { type: 'sgd', config: { learningRate: 1e4, momentum: 0.9 } }
    })
    await ask('train.start')
    const run = await runWhen((candidate) => candidate.progress.status === 'failed')
    expect(run.error?.code).toBe('diverged')
    expect(run.error?.details).toHaveProperty('layer')
    const weights =
      (await ask('run.weights', null))?.layers.flatMap((layer) => [...layer.weight.flat(), ...layer.bias]) ?? []
    expect(weights.every((value) => Number.isFinite(value))).toBe(true)
  })

  it('exports while paused, and writes a file that was checked', async () => {
    await openIris()
    await ask('train.step', 'step')
    const path = join(folder, 'model.onnx')
    const view = await ask('export.write', 'onnx', path)
    expect(view.rows).toBe(150)
    expect(view.maxDifference).toBeLessThanOrEqual(1e-5)
    expect(existsSync(path)).toBe(true)
    expect(await ask('export.suggestName', 'onnx')).toBe('iris.onnx')
    await expect(ask('export.suggestName', 'floppy')).rejects.toThrow(/floppy/)
  })

  it('refuses what makes no sense, with a code', async () => {
    await expect(ask('train.start')).rejects.toMatchObject({ code: 'no-dataset' })
    await expect(ask('train.resume')).rejects.toMatchObject({ code: 'no-run' })
    await openIris({ epochs: 100_000 })
    await ask('train.start')
    await expect(ask('train.start')).rejects.toMatchObject({ code: 'run-in-progress' })
  })

  it('leaves no run behind when starts overlap', async () => {
    await openIris({ epochs: 100_000 })
    await ask('train.start')
    const [, first, second] = await Promise.allSettled([ask('train.stop'), ask('train.start'), ask('train.start')])
    expect(first.status).toBe('fulfilled')
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'run-in-progress' } })
    await ask('train.reset')
    expect(session.view().run).toBeNull()
    const told = messages.length
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(messages.length).toBe(told)
  })

  it('takes the file that was asked for last, whichever is read first', async () => {
    const wide = join(folder, 'wide.csv')
    await writeFile(
      wide,
      `${Array.from({ length: 3000 }, (_, column) => `c${column}`).join(',')}\n${'1,'.repeat(2999)}1\n`
    )
    const [slow, fast] = await Promise.allSettled([
      ask('dataset.open', [wide], null, {}),
      ask('dataset.open', [iris], null, {})
    ])
    expect(slow).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } })
    expect(fast.status).toBe('fulfilled')
    expect(session.view().dataset?.fileName).toBe('iris.csv')
  })

  it('tells whether the run in view would be lost', async () => {
    await openIris({ epochs: 3 })
    await ask('train.start')
    const began = kept.find(({ status }) => status === 'running')
    expect(began).toMatchObject({ title: 'iris', outcome: null, unsaved: false })
    const run = await runWhen((candidate) => candidate.savedAs !== null)
    const end = { name: run.savedAs, status: 'completed', share: 1, unsaved: false }
    expect(kept.at(-1)).toMatchObject({
      ...end,
      outcome: expect.stringMatching(/^"iris" is trained: 3 epochs, /) as string
    })
    await ask('train.reset')
    expect(kept.at(-1)).toEqual({ name: null, title: null, status: null, share: 0, outcome: null, unsaved: false })
  })

  it('shows what computes a run, and that it was stopped early', async () => {
    await openIris({ epochs: 5000, earlyStopping: { patience: 5 }, threads: 1 })
    await ask('train.start')
    const run = await runWhen((candidate) => candidate.savedAs !== null)
    expect(run.executor).toMatchObject({ name: expect.stringMatching(/^(wasm|reference)$/) as string, threads: 1 })
    expect(run.progress.status).toBe('completed')
    expect(run.earlyStop).toMatchObject({ epoch: run.epochs.length, restored: true })
    expect(run.epochs.length).toBeLessThan(5000)
    expect((await ask('run.evaluate', 'validation', null))?.epoch).toBe(run.earlyStop?.bestEpoch)
  })

  it('evaluates on the training rows, and says so, when none are kept for validation', async () => {
    await openIris({ epochs: 2, validation: 0 })
    await ask('train.start')
    const run = await runWhen((candidate) => candidate.savedAs !== null)
    expect(run.epochs.map(({ validationLoss }) => validationLoss)).toEqual([null, null])
    expect(await ask('run.evaluate', 'validation', null)).toMatchObject({ on: 'training', rows: 150 })
  })

  it('prepares again when numbers are to stay as they are', async () => {
    await openIris()
    const { setup } = session.view().setup ?? {}
    if (setup === undefined) throw new Error('no setup')
    const raw = await ask('setup.update', { ...setup, prepare: false })
    expect(raw.error).toBeNull()
    const model = {
      inputShape: [5],
      layers: [{ name: 'output', type: 'dense', inputs: ['input'], config: { units: 3, activation: 'identity' } }],
      output: 'output'
    }
    expect((await ask('setup.update', { ...setup, model })).error).toMatchObject({ code: 'model-input-mismatch' })
    expect((await ask('setup.update', { ...setup, model: { ...model, inputShape: [4] } })).error).toBeNull()
  })

  it('lets go of a run when it is closed, so that it can go on', async () => {
    await openIris({ epochs: 100_000 })
    await ask('train.start')
    await runWhen((candidate) => candidate.progress.step > 5)
    await session.close()
    const [run] = await ask('runs.list')
    expect(run).toMatchObject({ status: 'interrupted', resumable: true })
    expect(run?.steps).toBeGreaterThan(5)
  })

  // Last: the kernels stay.
  it('tells the window once that a thread was lost, and keeps the run', async () => {
    const threads = losableThreads()
    provideKernels(kernelBytes)
    provideThreads(threads.host)
    await openIris({ epochs: 300, threads: 2 })
    const started = await ask('train.start')
    expect(started.executor).toEqual({ name: 'wasm', reason: null, threads: 2 })
    await runWhen((candidate) => candidate.progress.step > 5)
    threads.lose()
    const run = await runWhen((candidate) => candidate.savedAs !== null)
    expect(run.progress.status).toBe('completed')
    const lost = { name: 'wasm', reason: 'A thread was lost: training goes on with one.', threads: 1 }
    expect(run.executor).toEqual(lost)
    const told = messages.flatMap((message) => (message.type === 'run' && message.run !== null ? [message.run] : []))
    const first = told.findIndex(({ executor }) => executor.reason !== null)
    expect(told[first]).toMatchObject({ executor: lost, progress: { status: 'running' } })
    expect(told.slice(first).every(({ executor }) => executor.reason === lost.reason)).toBe(true)
    const evaluation = await ask('run.evaluate', 'validation', null)
    expect(evaluation?.rows).toBe(run.prepared.validationRows)
  })
})
