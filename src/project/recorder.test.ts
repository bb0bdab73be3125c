import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Table } from '../data'
import type { Setup } from '../shared/setup'
import { hiddenSibling, setAside } from './atomic'
import { beginRun, type RunAbout } from './begin-run'
import { checkpointName } from './checkpoint'
import { openExperiment, type Experiment } from './experiment'
import { loadRun } from './load-run'
import { readPlan } from './plan'
import type { RunRecorder } from './recorder'
import { resumeRun, type ResumeOptions } from './resume-run'
import { readCurves } from './run-curves'
import { lockedBy } from './run-lock'
import { runFolderAround } from './run-place'
import { saveRun } from './save-run'
import { madeRun } from './testing/runs'
import { madeSetup, madeTable } from './testing/tables'

const table = madeTable('multi-class')
const setup: Setup = {
  ...madeSetup('multi-class', 'cross-entropy'),
  optimizer: { type: 'adam', config: { learningRate: 0.01 } },
  batchSize: 8,
  epochs: 12
}

let parent = ''
let folder = ''
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'studio-recorder-'))
  folder = join(parent, 'run')
})
afterEach(async () => {
  await rm(parent, { recursive: true, force: true })
})

interface Going {
  readonly experiment: Experiment
  readonly recorder: RunRecorder
}

async function begun(about: Partial<RunAbout> = {}, chosen = setup): Promise<Going> {
  const experiment = openExperiment(table, chosen, { watch: true })
  return {
    experiment,
    recorder: await beginRun(folder, experiment, { paths: ['/data/made.csv'], title: 'Made', ...about })
  }
}

/** Trains up to a step, or to the end. */
async function train({ experiment, recorder }: Going, until = Infinity): Promise<void> {
  for await (const event of experiment.training.events()) {
    recorder.record(event, experiment.elapsedMs)
    const atStep = event.step >= until && (event.type === 'epoch' || !Number.isInteger(experiment.training.position))
    if (atStep) return
  }
}

async function finished(going: Going): Promise<void> {
  await train(going)
  await going.recorder.finish(await going.experiment.finish('completed'))
  going.experiment.training.close()
}

/** Lets go of it as it stands. */
async function interrupted(going: Going): Promise<void> {
  await going.recorder.checkpoint()
  await going.recorder.release()
  going.experiment.training.close()
}

// Looked at after every milestone, however slow the machine is.
const resumed = (options?: ResumeOptions, data: Table = table) => resumeRun(folder, data, { watch: true, ...options })

async function curvesOf(place: string) {
  const { epochs, steps, changes } = await readCurves(place)
  return {
    epochs: epochs.map(({ elapsedMs: _elapsed, layers, ...epoch }) => ({ ...epoch, looked: layers !== null })),
    steps: { ...steps, elapsedMs: [] },
    changes: changes.map(({ elapsedMs: _elapsed, ...change }) => change)
  }
}

const weightsOf = (place: string) => readFile(join(place, 'weights.safetensors'))

describe('a run that is written down', () => {
  it('is a folder to go on from at once, and a finished run at the end', async () => {
    const going = await begun()
    expect((await readdir(folder)).sort()).toEqual(['checkpoints', 'events.log', 'lock', 'plan.json', 'timeline.log'])
    expect(await lockedBy(folder)).toBe(process.pid)
    expect(await runFolderAround(join(folder, 'x'))).toContain('run')
    const plan = await readPlan(folder)
    expect(plan).toMatchObject({ id: going.experiment.id, title: 'Made', setup, parent: null, repeats: null })
    expect(plan.data).toMatchObject({ sha256: table.sha256, paths: ['/data/made.csv'] })
    expect(going.recorder.kept).toMatchObject({ name: 'run', checkpointStep: 0, problem: null, weightsSha256: null })
    await finished(going)
    expect((await readdir(folder)).sort()).toEqual([
      ...['checkpoints', 'events.log', 'metrics.ndjson', 'plan.json', 'run.json', 'sample.json'],
      ...['timeline.log', 'weights.safetensors']
    ])
    const { record, metrics } = await loadRun(folder)
    expect(record).toMatchObject({ id: plan.id, status: 'completed', epochs: 12 })
    expect(metrics.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, i) => ((i + 1) * record.steps) / 12))
    const curves = await readCurves(folder)
    expect(curves.steps.step).toHaveLength(record.steps)
    expect(curves.epochs.map(({ layers: _layers, ...epoch }) => epoch)).toEqual(
      going.experiment.epochs.map(({ layers: _layers, elapsedMs: _own, ...epoch }, i) => {
        return { ...epoch, elapsedMs: curves.epochs[i]?.elapsedMs }
      })
    )
    expect(curves.epochs.every(({ layers }) => layers !== null)).toBe(true)
    expect(going.recorder.kept.weightsSha256).toMatch(/^[0-9a-f]{64}$/)
    // Charts and moments of a run that has ended.
    expect((await going.recorder.steps(2, 4, 10)).step).toEqual([2, 3, 4])
    expect((await going.recorder.snapshotAt(5)).epochs).toBe(5)
  })

  it('interrupted at any step comes to the same weights and curves', async () => {
    await finished(await begun())
    const whole = join(parent, 'whole')
    await rename(folder, whole)
    let going: Going = await begun()
    for (const step of [1, 9, 18, 30, 31, 77]) {
      await train(going, step)
      await interrupted(going)
      const next = await resumed()
      expect(next.restored).toMatchObject({ step, skipped: [], notices: [] })
      going = next
    }
    // Something is lost, and done again.
    await train(going, 90)
    await going.recorder.release()
    going.experiment.training.close()
    const last = await resumed()
    expect(last.restored.step).toBe(77)
    await finished(last)
    expect(await weightsOf(folder)).toEqual(await weightsOf(whole))
    expect(await curvesOf(folder)).toEqual(await curvesOf(whole))
    expect((await loadRun(folder)).record).toEqual({
      ...(await loadRun(whole)).record,
      id: last.experiment.id,
      createdAt: expect.any(String) as string
    })
  })

  it('passes over damaged checkpoints, says so, and begins anew without one', async () => {
    const going = await begun()
    for (const step of [10, 20]) {
      await train(going, step)
      await going.recorder.checkpoint()
    }
    await interrupted(going)
    await truncate(join(folder, 'checkpoints', checkpointName(20)), 200)
    await writeFile(join(folder, '.run.json.tmp-12-0123456789ab'), 'half')
    await rename(join(folder, 'timeline.log'), join(parent, 'timeline.log'))
    const once = await resumed()
    expect(once.restored).toMatchObject({ step: 10, skipped: [{ file: checkpointName(20) }] })
    await interrupted(once)
    await rm(join(folder, 'checkpoints'), { recursive: true })
    await rm(join(folder, 'timeline.log'))
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([])
    const twice = await resumed()
    expect(twice.restored).toMatchObject({ step: 0, epoch: 0, notices: [{ code: 'begun-anew' }] })
    expect(twice.experiment.id).toBe(going.experiment.id)
    await finished(twice)
    const { steps } = await readCurves(folder)
    expect(steps.step).toEqual(Array.from({ length: steps.step.length }, (_, i) => i + 1))
  })

  it('goes on from a snapshot where the log is damaged before all checkpoints, to the same bits', async () => {
    await finished(await begun())
    const whole = join(parent, 'whole')
    await rename(folder, whole)
    const going = await begun()
    await train(going, 30)
    const reached = (await readFile(join(folder, 'events.log'))).length
    await going.recorder.checkpoint()
    const flushed = (await readFile(join(folder, 'events.log'))).length
    for (const step of [50, 60, 70, 80]) {
      await train(going, step)
      await going.recorder.checkpoint()
    }
    await interrupted(going)
    expect(reached).toBeLessThan(flushed)
    const log = join(folder, 'events.log')
    const bytes = await readFile(log)
    bytes[flushed + 12] = (bytes[flushed + 12] ?? 0) ^ 1
    await writeFile(log, bytes)
    const next = await resumed()
    const { step, epoch, notices, skipped } = next.restored
    // Which moments there are snapshots of hangs on how long they take; steps 1 to 30 are 3 epochs of 9.
    expect([9, 18, 27]).toContain(step)
    expect(epoch).toBe(step / 9)
    expect(notices.map(({ code }) => code)).toEqual(['snapshot'])
    expect(skipped.length).toBeGreaterThanOrEqual(3)
    await finished(next)
    expect(await weightsOf(folder)).toEqual(await weightsOf(whole))
    expect(await curvesOf(folder)).toEqual(await curvesOf(whole))
  })

  it('leaves a record of a newer studio alone', async () => {
    await finished(await begun())
    const record = join(folder, 'run.json')
    await writeFile(record, '{"formatVersion":2}')
    await expect(resumed({ epochs: 20 })).rejects.toMatchObject({ code: 'run-too-new' })
    expect(await readFile(record, 'utf8')).toBe('{"formatVersion":2}')
    await writeFile(record, 'nonsense')
    await finished(await resumed({ epochs: 20 }))
    expect((await loadRun(folder)).record.epochs).toBe(20)
  })

  it('goes back to where the log of its steps still reaches', async () => {
    const going = await begun()
    for (const step of [10, 20]) {
      await train(going, step)
      await going.recorder.checkpoint()
    }
    await going.recorder.release()
    going.experiment.training.close()
    const log = join(folder, 'events.log')
    await truncate(log, (await readFile(log)).length - 3)
    const next = await resumed()
    expect(next.restored).toMatchObject({ step: 10, skipped: [{ file: checkpointName(20) }] })
    await interrupted(next)
    await writeFile(log, 'something else')
    const anew = await resumed()
    expect(anew.restored.notices.map(({ code }) => code)).toContain('log-damaged')
    expect(await readFile(`${log}.damaged`, 'utf8')).toBe('something else')
    await finished(anew)
    await finished(await begun({ overwrite: true }))
    await loadRun(folder)
  })

  it('belongs to one at a time, and to its data', async () => {
    const going = await begun()
    await expect(resumed()).rejects.toMatchObject({ code: 'run-in-use' })
    await expect(begun({ overwrite: true })).rejects.toMatchObject({ code: 'run-in-use' })
    await interrupted(going)
    const other = { ...table, sha256: 'b'.repeat(64), fileName: 'other.csv' }
    await expect(resumed({}, other)).rejects.toMatchObject({
      code: 'data-changed',
      message: expect.stringMatching(/other\.csv.*b{64}/) as string
    })
    expect(await lockedBy(folder)).toBeNull()
    await interrupted(await resumed())
  })
})

describe('steering', () => {
  it('is kept: changes, their settings, and the way back to moments before and after', async () => {
    const going = await begun()
    await train(going, 30)
    const changed = { ...setup, batchSize: 5, optimizer: { type: 'sgd', config: { learningRate: 0.05 } } }
    going.experiment.change(changed)
    const settings = [{ label: 'Batch size', before: '8', after: '5' }]
    const { position } = going.experiment.training
    going.recorder.change({ step: 30, position, elapsedMs: 1, settings }, going.experiment.setup)
    await train(going, 40)
    await interrupted(going)
    const next = await resumed()
    expect(next.experiment.setup).toEqual(changed)
    expect(next.restored.changes).toMatchObject([{ step: 30, settings }])
    await finished(next)
    expect((await readCurves(folder)).changes).toMatchObject([{ step: 30, settings }])
    expect((await readPlan(folder)).setup).toEqual(setup)
    const { moments } = next.recorder
    expect(moments).toEqual(Array.from({ length: 13 }, (_, epoch) => epoch))
  })

  it('works a moment out again exactly where there is no snapshot of it', async () => {
    const going = await begun()
    await train(going, 20)
    going.experiment.change({ ...setup, batchSize: 5 })
    const { position } = going.experiment.training
    const change = { step: 20, position, elapsedMs: 1, settings: [] }
    going.recorder.change(change, going.experiment.setup)
    await train(going)
    const snapshots = await Promise.all([1, 2, 3, 4, 9].map((epoch) => going.recorder.snapshotAt(epoch)))
    await interrupted(going)
    // Of all snapshots only that of the beginning stays.
    const bytes = await readFile(join(folder, 'timeline.log'))
    await writeFile(join(folder, 'timeline.log'), bytes.subarray(0, 16 + bytes.readUInt32LE(8)))
    const next = await resumed()
    expect(next.recorder.moments).toEqual([0])
    for (const state of snapshots) expect(await next.recorder.snapshotAt(state.epochs)).toEqual(state)
    await expect(next.recorder.snapshotAt(13)).rejects.toMatchObject({ code: 'no-such-moment' })
    await interrupted(next)
  })

  it('goes on with a finished run for more epochs, as if it had been asked for them at that step', async () => {
    await finished(await begun())
    const next = await resumed({ epochs: 15 })
    expect(await readdir(folder)).not.toContain('run.json')
    expect(next.restored.changes).toMatchObject([{ settings: [{ before: '12', after: '15' }] }])
    await finished(next)
    const { record, metrics } = await loadRun(folder)
    expect([record.epochs, metrics.length, record.setup.epochs]).toEqual([15, 15, 15])
    await expect(resumed({ setup: { ...setup, seed: 77 } })).rejects.toMatchObject({ code: 'not-changeable' })
    await expect(resumed({ epochs: 3 })).rejects.toMatchObject({ code: 'too-few-epochs' })
    expect((await loadRun(folder)).record.epochs).toBe(15)
    // Nothing came of it: it is the finished run again.
    await (await resumed()).recorder.release()
    expect((await loadRun(folder)).record.epochs).toBe(15)
  })

  it('begins a fork with the state and the epochs of another run', async () => {
    const first = await begun()
    await finished(first)
    await rename(folder, join(parent, 'first'))
    const from = first.experiment.state()
    const history = first.experiment.epochs
    const experiment = openExperiment(table, { ...setup, epochs: 14 }, { from, history, watch: true })
    const parentOf = { runId: first.experiment.id, name: 'first', title: 'First', epoch: 12, settings: [] }
    const recorder = await beginRun(folder, experiment, { paths: [], title: 'Fork', parent: parentOf })
    expect(recorder.moments).toEqual([12])
    await interrupted({ experiment, recorder })
    const next = await resumed()
    await finished(next)
    const curves = await readCurves(folder)
    expect(curves.epochs.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 14 }, (_, i) => i + 1))
    expect(curves.steps.step[0]).toBe(from.step + 1)
    expect(curves.steps.position.at(-1)).toBe(14)
    expect((await loadRun(folder)).metrics).toHaveLength(14)
    expect(next.recorder.moments).toEqual([12, 13, 14])
    await rm(join(folder, 'checkpoints'), { recursive: true })
    await rm(join(folder, 'timeline.log'))
    await expect(resumed()).rejects.toMatchObject({ code: 'checkpoint-missing' })
  })
})

describe('a place that two want', () => {
  it.each([[false], [true]])('is given to one of them (overwritten: %s)', async (overwrite) => {
    const tried = await Promise.allSettled([begun({ overwrite }), begun({ overwrite })])
    const won = tried.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    expect(won).toHaveLength(1)
    expect(tried.find((each) => each.status === 'rejected')?.reason).toMatchObject({
      code: expect.stringMatching(/^run-(exists|in-use)$/) as string
    })
    expect(await readdir(parent)).toEqual(['run'])
    const [going] = won
    if (going === undefined) throw new Error('nobody won')
    expect((await readPlan(folder)).id).toBe(going.experiment.id)
    expect(await lockedBy(folder)).toBe(process.pid)
    await finished(going)
    expect((await loadRun(folder)).record.id).toBe(going.experiment.id)
  })

  it('is not taken by one whose name only begins alike', async () => {
    const name = 'a'.repeat(50)
    const other = join(parent, `${name}-other`)
    await saveRun(other, await madeRun('binary', 'log'))
    folder = join(parent, name)
    const going = await begun()
    await train(going, 10)
    // A process that was killed between the two renames of a replacement.
    const aside = hiddenSibling(other, 'old')
    await rename(other, aside)
    await interrupted(going)
    await finished(await resumed())
    expect(await setAside(other)).toEqual([aside])
    await expect(readPlan(other)).rejects.toMatchObject({
      code: 'run-not-found',
      message: expect.stringContaining(aside) as string
    })
  })
})

describe('what stood in the place of a run', () => {
  it('is replaced when asked for, and gone when the run has ended', async () => {
    await saveRun(folder, await madeRun('binary', 'log'))
    await expect(begun()).rejects.toMatchObject({ code: 'run-exists' })
    const going = await begun({ overwrite: true })
    expect((await readdir(parent)).filter((name) => name.includes('.old-'))).toHaveLength(1)
    await finished(going)
    expect(await readdir(parent)).toEqual(['run'])
    // As a run of this kind is, by one of either kind.
    await saveRun(folder, await madeRun('binary', 'log'), { overwrite: true })
    expect((await loadRun(folder)).record.setup.task).toBe('binary')
    expect(await readCurves(folder)).toMatchObject({ changes: [], steps: { step: [] } })
    await expect(readPlan(folder)).rejects.toMatchObject({ code: 'plan-missing' })
  })

  it('comes back when nothing came of the run', async () => {
    const saved = await madeRun('binary', 'log')
    await saveRun(folder, saved)
    const going = await begun({ overwrite: true })
    await going.recorder.release()
    going.experiment.training.close()
    expect(await readdir(parent)).toEqual(['run'])
    expect((await loadRun(folder)).record).toEqual(saved.record)
  })

  it('stays when it is no run', async () => {
    await finished(await begun())
    await writeFile(join(folder, 'checkpoints', 'mine.txt'), 'x')
    await expect(begun({ overwrite: true })).rejects.toMatchObject({ code: 'not-a-run' })
    expect((await loadRun(folder)).record.epochs).toBe(12)
  })
})

describe('trouble with the disk', () => {
  it('is told, stops nothing, and is over when a checkpoint could be written', async () => {
    const going = await begun()
    await train(going, 10)
    const checkpoints = join(folder, 'checkpoints')
    await rename(checkpoints, join(folder, 'away'))
    await going.recorder.checkpoint()
    expect(going.recorder.kept).toMatchObject({ checkpointStep: 0, problem: { code: 'folder-not-found' } })
    await train(going, 20)
    await rename(join(folder, 'away'), checkpoints)
    await going.recorder.checkpoint()
    expect(going.recorder.kept).toMatchObject({ checkpointStep: 20, problem: null })
    await finished(going)
  })

  it('at the end leaves a run that can be gone on with', async () => {
    const going = await begun()
    await train(going)
    await mkdir(join(folder, 'weights.safetensors'))
    const run = await going.experiment.finish('completed')
    await expect(going.recorder.finish(run)).rejects.toMatchObject({ code: 'is-a-folder' })
    await rm(join(folder, 'weights.safetensors'), { recursive: true })
    const next = await resumed()
    expect(next.restored.step).toBe(run.record.steps)
    await finished(next)
    expect((await loadRun(folder)).record.epochs).toBe(12)
  })

  it('at the beginning leaves nothing', async () => {
    await expect(
      beginRun(join('/dev/null', 'run'), openExperiment(table, setup), { paths: [], title: '' })
    ).rejects.toMatchObject({
      code: 'not-a-folder'
    })
    await chmod(parent, 0o700)
    expect(await readdir(parent)).toEqual([])
  })

  it('makes checkpoints rarer the longer they take', async () => {
    const now = vi.spyOn(performance, 'now')
    try {
      const going = await begun({ checkpointEvery: 1000 })
      expect(going.recorder.due).toBe(false)
      const start = performance.now()
      now.mockImplementation(() => start + 1001)
      expect(going.recorder.due).toBe(true)
      const writing = going.recorder.checkpoint()
      // It took 100 s: the next one comes after 5,000.
      now.mockImplementation(() => start + 101_001)
      await writing
      now.mockImplementation(() => start + 101_001 + 4_990_000)
      expect(going.recorder.due).toBe(false)
      now.mockImplementation(() => start + 101_001 + 5_010_000)
      expect(going.recorder.due).toBe(true)
      await interrupted(going)
    } finally {
      now.mockRestore()
    }
  })
})
