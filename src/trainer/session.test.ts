import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { kernelBytes } from '../../tests/kernels'
import { losableThreads } from '../../tests/threads'
import { provideKernels, provideThreads } from '../engine'
import { loadRun } from '../project'
import type { LiveMessage, RunKept } from '../shared/ipc/contract'
import type { Setup } from '../shared/setup'
import type { RunView } from '../shared/views'
import { LiveStream, type LivePort } from './liveStream'
import { Session } from './session'

const samples = join(import.meta.dirname, '../../resources/samples')
const iris = join(samples, 'iris.csv')

let folder: string
let session: Session
let messages: LiveMessage[]
let kept: RunKept[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'studio-session-'))
  const live = new LiveStream()
  messages = []
  // A window that answers at once.
  const port: LivePort = {
    postMessage: (message) => {
      messages.push(message)
      queueMicrotask(() => live.acknowledge(port))
    },
    close: () => undefined
  }
  kept = []
  session = new Session(live, folder, samples, (each) => kept.push(each))
  live.connect(port, session.view())
})

afterEach(async () => {
  await session.close()
  await rm(folder, { recursive: true, force: true })
})

async function openIris(changes: Partial<Setup> = {}): Promise<void> {
  const { setup } = await session.openDataset(iris, null)
  if (setup === null) throw new Error('no setup')
  session.updateSetup({ ...setup.setup, ...changes })
}

/** The run, once `wanted` is true of it. */
async function runWhen(wanted: (run: RunView) => boolean): Promise<RunView> {
  for (;;) {
    const { run } = session.view()
    if (run !== null && wanted(run)) return run
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('Session', () => {
  it('shows a column before and after preparation, as the setup is now', async () => {
    await openIris()
    const setup = session.view().setup?.setup
    if (setup === undefined) throw new Error('no setup')
    const [name = ''] = session.view().setup?.prepared?.features ?? []
    const standard = session.columnPreview(name)
    expect(standard.cells).toHaveLength(5)
    session.updateSetup({ ...setup, columns: [{ name, scaling: 'min-max' }] })
    const scaled = session.columnPreview(name)
    expect(scaled.cells.map(({ raw }) => raw)).toEqual(standard.cells.map(({ raw }) => raw))
    expect([scaled.cells[0]?.inputs[0]?.[1], scaled.cells[4]?.inputs[0]?.[1]]).toEqual([0, 1])
    expect(session.view().setup?.associations.map(({ measure }) => measure)).toContain('correlation-ratio')
  })

  it('reads a file as the person says, and tells how it was read', async () => {
    const file = join(folder, 'broken.csv')
    const rows = Array.from({ length: 20 }, (_, row) => `${row},${row % 2 === 0 ? 'a' : 'b'}`)
    await writeFile(file, ['n,class', ...rows, '1,2,3'].join('\n'))
    await expect(session.openDataset(file, null)).rejects.toMatchObject({ code: 'bad-row' })
    const { dataset } = await session.openDataset(file, null, { badRows: 'skip' })
    expect(dataset?.skipped).toMatchObject({ count: 1, rows: [{ line: 22 }] })
    expect(dataset?.readAs).toEqual({ badRows: 'skip' })
    expect(dataset?.format).toMatchObject({ kind: 'delimited', delimiter: ',' })
  })

  it('suggests a setup for a sample, trains it, evaluates it and keeps it', async () => {
    await openIris()
    const view = session.view()
    expect(view.setup?.setup.target).toBe('species')
    expect(view.setup?.prepared?.classes).toHaveLength(3)
    await session.startTraining()
    const run = await runWhen((candidate) => candidate.savedAs !== null)
    expect(run.progress.status).toBe('completed')
    expect(run.epochs).toHaveLength(run.progress.epochs)
    expect(run.saveError).toBeNull()
    const evaluation = await session.evaluate()
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
    await session.startTraining()
    await runWhen((run) => run.savedAs !== null)
    let seen: number[] = []
    for (const message of messages) {
      if (message.type === 'run' && message.run !== null) seen = message.run.epochs.map((point) => point.epoch)
      if (message.type === 'frame') seen.push(...message.epochs.map((point) => point.epoch))
    }
    expect(seen).toEqual(Array.from({ length: 300 }, (_, index) => index + 1))
  })

  it('steps once at a time, and pauses and resumes to the same weights as without a pause', async () => {
    await openIris({ epochs: 5 })
    const first = await session.stepTraining()
    expect(first).toMatchObject({ status: 'paused', step: 1, epoch: 1 })
    const second = await session.stepTraining()
    expect(second.step).toBe(2)
    await session.resumeTraining()
    await session.pauseTraining()
    await session.resumeTraining()
    await runWhen((run) => run.savedAs !== null)
    const interrupted = session.weights()
    await session.resetTraining()
    await session.startTraining()
    await runWhen((run) => run.savedAs !== null)
    expect(session.weights()).toEqual(interrupted)
  })

  it('completes by single steps, with the last epoch reported', async () => {
    await openIris({ epochs: 1, batchSize: 60 })
    const { stepsPerEpoch } = await session.stepTraining()
    let progress = await session.stepTraining()
    for (let step = 2; step < stepsPerEpoch; step += 1) progress = await session.stepTraining()
    expect(progress.status).toBe('completed')
    expect(session.view().run?.epochs).toHaveLength(1)
  })

  it('keeps a stopped run, and one that a new dataset pushes out', async () => {
    await openIris({ epochs: 100_000 })
    await session.startTraining()
    await runWhen((run) => run.progress.epoch > 2)
    expect((await session.stopTraining()).status).toBe('stopped')
    const stopped = await runWhen((run) => run.savedAs !== null)
    expect((await loadRun(join(folder, stopped.savedAs ?? ''))).record.status).toBe('stopped')
    await session.startTraining()
    const running = await runWhen((run) => run.progress.epoch > 2)
    await session.openDataset(join(samples, 'penguins.csv'), null)
    expect(session.view().run).toBeNull()
    expect(running.runId).not.toBe(stopped.runId)
    expect(await readdir(folder)).toHaveLength(2)
  })

  it('stays as it was when a file cannot be read', async () => {
    await openIris()
    const before = session.view()
    const bad = join(folder, 'empty.csv')
    await writeFile(bad, '')
    await expect(session.openDataset(bad, null)).rejects.toMatchObject({ code: 'empty-file' })
    expect(session.view()).toEqual(before)
  })

  it('says why a setup cannot be prepared, and goes on when it is mended', async () => {
    await openIris()
    const { setup } = session.view()
    if (setup === null) throw new Error('no setup')
    const broken = session.updateSetup({ ...setup.setup, target: 'no such column' })
    expect(broken.prepared).toBeNull()
    expect(broken.error?.code).toBe('unknown-target')
    await expect(session.startTraining()).rejects.toMatchObject({ code: 'unknown-target' })
    expect(session.updateSetup(setup.setup).error).toBeNull()
  })

  it('stops a diverging run with its layer and step, and keeps finite weights', async () => {
    const { setup } = await session.openDataset(join(samples, 'auto-mpg.csv'), null)
    if (setup === null) throw new Error('no setup')
    session.updateSetup({ ...setup.setup, optimizer: { type: 'sgd', config: { learningRate: 1e4, momentum: 0.9 } } })
    await session.startTraining()
    const run = await runWhen((candidate) => candidate.progress.status === 'failed')
    expect(run.error?.code).toBe('diverged')
    expect(run.error?.details).toHaveProperty('layer')
    const weights = session.weights()?.layers.flatMap((layer) => [...layer.weight.flat(), ...layer.bias]) ?? []
    expect(weights.every((value) => Number.isFinite(value))).toBe(true)
  })

  it('exports while paused, and writes a file that was checked', async () => {
    await openIris()
    await session.stepTraining()
    const path = join(folder, 'model.onnx')
    const view = await session.exportRun('onnx', path)
    expect(view.rows).toBe(150)
    expect(view.maxDifference).toBeLessThanOrEqual(1e-5)
    expect(existsSync(path)).toBe(true)
    expect(session.suggestExportName('onnx')).toBe('iris.onnx')
    expect(() => session.suggestExportName('floppy')).toThrow(/floppy/)
  })

  it('refuses what makes no sense, with a code', async () => {
    await expect(session.startTraining()).rejects.toMatchObject({ code: 'no-dataset' })
    await expect(session.resumeTraining()).rejects.toMatchObject({ code: 'no-run' })
    await openIris({ epochs: 100_000 })
    await session.startTraining()
    await expect(session.startTraining()).rejects.toMatchObject({ code: 'run-in-progress' })
  })

  it('leaves no run behind when starts overlap', async () => {
    await openIris({ epochs: 100_000 })
    await session.startTraining()
    const [, first, second] = await Promise.allSettled([
      session.stopTraining(),
      session.startTraining(),
      session.startTraining()
    ])
    expect(first.status).toBe('fulfilled')
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'run-in-progress' } })
    await session.resetTraining()
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
    const [slow, fast] = await Promise.allSettled([session.openDataset(wide, null), session.openDataset(iris, null)])
    expect(slow).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } })
    expect(fast.status).toBe('fulfilled')
    expect(session.view().dataset?.fileName).toBe('iris.csv')
  })

  it('tells whether the run in view would be lost', async () => {
    await openIris({ epochs: 3 })
    await session.startTraining()
    expect(kept.at(-1)).toEqual({ unsaved: true, savedAs: null })
    const run = await runWhen((candidate) => candidate.savedAs !== null)
    expect(kept.at(-1)).toEqual({ unsaved: false, savedAs: run.savedAs })
    await session.resetTraining()
    expect(kept.at(-1)).toEqual({ unsaved: false, savedAs: null })
  })

  it('shows what computes a run, and that it was stopped early', async () => {
    await openIris({ epochs: 5000, earlyStopping: { patience: 5 }, threads: 1 })
    await session.startTraining()
    const run = await runWhen((candidate) => candidate.savedAs !== null)
    expect(run.executor).toMatchObject({ name: expect.stringMatching(/^(wasm|reference)$/) as string, threads: 1 })
    expect(run.progress.status).toBe('completed')
    expect(run.earlyStop).toMatchObject({ epoch: run.epochs.length, restored: true })
    expect(run.epochs.length).toBeLessThan(5000)
    expect((await session.evaluate())?.epoch).toBe(run.earlyStop?.bestEpoch)
  })

  it('evaluates on the training rows, and says so, when none are kept for validation', async () => {
    await openIris({ epochs: 2, validation: 0 })
    await session.startTraining()
    const run = await runWhen((candidate) => candidate.savedAs !== null)
    expect(run.epochs.map(({ validationLoss }) => validationLoss)).toEqual([null, null])
    expect(await session.evaluate()).toMatchObject({ on: 'training', rows: 150 })
  })

  it('prepares again when numbers are to stay as they are', async () => {
    await openIris()
    const { setup } = session.view().setup ?? {}
    if (setup === undefined) throw new Error('no setup')
    const raw = session.updateSetup({ ...setup, prepare: false })
    expect(raw.error).toBeNull()
    const model = {
      inputShape: [5],
      layers: [{ name: 'output', type: 'dense', inputs: ['input'], config: { units: 3, activation: 'identity' } }],
      output: 'output'
    }
    expect(session.updateSetup({ ...setup, model }).error).toMatchObject({ code: 'model-input-mismatch' })
    expect(session.updateSetup({ ...setup, model: { ...model, inputShape: [4] } }).error).toBeNull()
  })

  it('keeps a run at once when it is closed, measured or not', async () => {
    await openIris({ epochs: 100_000 })
    await session.startTraining()
    await runWhen((candidate) => candidate.progress.step > 5)
    await session.close()
    const name = kept.findLast(({ savedAs }) => savedAs !== null)?.savedAs ?? ''
    expect((await loadRun(join(folder, name))).record.status).toBe('stopped')
  })

  // Last: the kernels stay.
  it('tells the window once that a thread was lost, and keeps the run', async () => {
    const threads = losableThreads()
    provideKernels(kernelBytes)
    provideThreads(threads.host)
    await openIris({ epochs: 300, threads: 2 })
    const started = await session.startTraining()
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
    const evaluation = await session.evaluate()
    expect(evaluation?.rows).toBe(run.prepared.validationRows)
  })
})
