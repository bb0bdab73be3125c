import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { tanh } from '../engine/ops/tanh'
import { checksWarning, type AskedCheck } from '../shared/gradient-checks'
import type { Setup } from '../shared/setup'
import { beginRun } from './begin-run'
import { openExperiment, type Experiment } from './experiment'
import { epochCheck } from './explain/gradient-check'
import { keepAskedCheck, readAskedChecks } from './gradient-checks'
import { loadRun } from './load-run'
import type { RunRecorder } from './recorder'
import { repetitionOf } from './repetition'
import { resumeRun } from './resume-run'
import { readCurves } from './run-curves'
import { CHECKS } from './run-files'
import { summaryOf } from './run-summary'
import { requireRunPlace } from './save-run'
import { madeSetup, madeTable } from './testing/tables'

const table = madeTable('multi-class')
const setup: Setup = {
  ...madeSetup('multi-class', 'cross-entropy'),
  ...{ batchSize: 8, epochs: 5, gradientSamples: 20 }
}

let parent = ''
let folder = ''
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'studio-checks-'))
  folder = join(parent, 'run')
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(parent, { recursive: true, force: true })
})

interface Going {
  readonly experiment: Experiment
  readonly recorder: RunRecorder
}

async function begun(chosen: Setup = setup, place = folder): Promise<Going> {
  const experiment = openExperiment(table, chosen, { watch: true })
  return { experiment, recorder: await beginRun(place, experiment, { paths: ['/data/made.csv'], title: 'Made' }) }
}

async function train({ experiment, recorder }: Going, epochs = Infinity): Promise<void> {
  for await (const event of experiment.training.events()) {
    recorder.record(event, experiment.elapsedMs)
    if (event.type === 'epoch' && event.epoch === epochs) return
  }
}

async function finished(going: Going): Promise<string> {
  await train(going)
  await going.recorder.finish(await going.experiment.finish('completed'))
  going.experiment.training.close()
  return going.recorder.kept.weightsSha256 ?? ''
}

async function interrupted(going: Going): Promise<void> {
  await going.recorder.checkpoint()
  await going.recorder.release()
  going.experiment.training.close()
}

const summary = () => summaryOf(folder, basename(folder))

const asked: AskedCheck = {
  ...{ at: '2026-01-01T00:00:00.000Z', epoch: 2, step: 9, seed: 5, rows: 8 },
  ...{ parameters: 43, checked: 20, kinks: 1, maxRelativeError: 2e-9, tooSmall: false },
  worst: { parameter: 'dense1.weight', index: 3, analytic: 0.5, numeric: 0.5 + 1e-9, relativeError: 2e-9 }
}

function recordIn(json: string) {
  const known = v.looseObject({ gradientChecks: v.null(), setup: v.looseObject({ gradientSamples: v.number() }) })
  return v.parse(known, JSON.parse(json))
}

describe('checks after epochs', () => {
  it('change nothing in the training, and are read back with its epochs', async () => {
    const going = await begun()
    const weights = await finished(going)
    const { epochs } = going.experiment
    expect(await finished(await begun({ ...setup, gradientSamples: 0 }, join(parent, 'without')))).toBe(weights)
    const checks = epochs.map(({ gradientCheck }) => gradientCheck)
    for (const check of checks) {
      expect(check).toMatchObject({
        checked: 20,
        rows: 8,
        parameters: going.experiment.parameterCount,
        tooSmall: false
      })
      expect(check?.maxRelativeError).toBeLessThan(1e-5)
    }
    // Other numbers each time.
    expect(new Set(checks.map((check) => JSON.stringify(check?.worst))).size).toBe(5)
    const read = await loadRun(folder)
    expect(read.metrics.map(({ gradientCheck }) => gradientCheck)).toEqual(checks)
    expect((await readCurves(folder)).epochs.map(({ gradientCheck }) => gradientCheck)).toEqual(checks)
    const largest = Math.max(...checks.map((check) => check?.maxRelativeError ?? NaN))
    const at = checks.findIndex((check) => check?.maxRelativeError === largest) + 1
    const told = { checks: 5, failed: 0, largest: { error: largest, epoch: at } }
    expect(read.record.gradientChecks).toEqual(told)
    expect((await summary())?.gradientChecks).toEqual(told)
    expect(checksWarning(read.record.gradientChecks)).toBeNull()
  })

  it('are the same where a run was interrupted and goes on', async () => {
    await finished(await begun(setup, join(parent, 'whole')))
    const going = await begun()
    await train(going, 3)
    await interrupted(going)
    expect((await summary())?.gradientChecks).toMatchObject({ checks: 3, failed: 0 })
    const resumed = await resumeRun(folder, table, { watch: true })
    expect(resumed.experiment.epochs.map(({ gradientCheck }) => gradientCheck?.checked)).toEqual([20, 20, 20])
    await finished(resumed)
    const checksIn = async (place: string) => (await readCurves(place)).epochs.map(({ gradientCheck }) => gradientCheck)
    expect(await checksIn(folder)).toEqual(await checksIn(join(parent, 'whole')))
    expect((await repetitionOf(folder)).changes).toEqual([])
  })

  it('begin and end in mid-training', async () => {
    const going = await begun({ ...setup, gradientSamples: 0 })
    await train(going, 2)
    going.experiment.change({ ...going.experiment.setup, gradientSamples: 7 })
    await train(going, 4)
    going.experiment.change({ ...going.experiment.setup, gradientSamples: 0 })
    await finished(going)
    const { metrics, record } = await loadRun(folder)
    expect(metrics.map(({ gradientCheck }) => gradientCheck?.checked)).toEqual([undefined, undefined, 7, 7, undefined])
    expect(record.gradientChecks).toMatchObject({ checks: 2 })
  })

  it('are not made where nobody watches: of folds, and of trainings beside a run', async () => {
    const experiment = openExperiment(table, setup)
    for await (const event of experiment.training.events()) expect(event).not.toHaveProperty('gradientCheck')
    const watched = await begun()
    await train(watched, 1)
    const beside = watched.experiment.trainingFrom(watched.experiment.state(), setup)
    for await (const event of beside.events()) expect(event).not.toHaveProperty('gradientCheck')
    beside.close()
    await interrupted(watched)
  })

  it('tell a gradient that is wrong', async () => {
    const right = tanh.vjp.bind(tanh)
    vi.spyOn(tanh, 'vjp').mockImplementation((context) =>
      right(context).map((gradient) =>
        gradient === null ? null : context.graph.apply('affine', [gradient], { scale: -1, offset: 0 })
      )
    )
    const going = await begun({ ...setup, epochs: 2 })
    await finished(going)
    const checks = (await summary())?.gradientChecks ?? null
    expect(checks).toMatchObject({ checks: 2, failed: 2 })
    expect(checks?.largest?.error).toBeCloseTo(2, 6)
    expect(checksWarning(checks)).toMatch(/^All 2 gradient checks failed \(largest relative error 2\.0e\+0, epoch \d\)/)
  })

  it('end after half a second, with what was checked by then', async () => {
    const experiment = openExperiment(table, setup)
    for await (const { type } of experiment.training.events()) if (type === 'epoch') break
    let time = 0
    const check = await epochCheck({ ...experiment.trainOptions, from: experiment.state() }, 1000, () => (time += 120))
    experiment.training.close()
    expect(check?.checked).toBe(5)
    // Of every parameter, as far as that goes.
    expect(check?.parameters).toBe(experiment.parameterCount)
  })

  it('are none in runs of earlier studios', async () => {
    await finished(await begun({ ...setup, gradientSamples: 0 }))
    const path = join(folder, 'run.json')
    const { gradientChecks, setup: kept, ...record } = recordIn(await readFile(path, 'utf8'))
    expect(gradientChecks).toBeNull()
    const { gradientSamples: _samples, ...earlier } = kept
    await writeFile(path, JSON.stringify({ ...record, setup: earlier }))
    const run = await loadRun(folder)
    expect(run.record.gradientChecks).toBeNull()
    expect(run.record.setup.gradientSamples).toBe(0)
    expect((await summary())?.gradientChecks).toBeNull()
  })
})

describe('checks that a person asked for', () => {
  it('are kept, the newest hundred, and counted with the others', async () => {
    await finished(await begun())
    expect(await readAskedChecks(folder)).toEqual([])
    await keepAskedCheck(folder, asked)
    const wrong = { ...asked, epoch: 4, maxRelativeError: NaN }
    await keepAskedCheck(folder, wrong)
    expect(await readAskedChecks(folder)).toEqual([asked, wrong])
    expect((await summary())?.gradientChecks).toEqual({ checks: 7, failed: 1, largest: { error: NaN, epoch: 4 } })
    for (let i = 0; i < 100; i++) await keepAskedCheck(folder, { ...asked, step: i + 1 })
    expect((await readAskedChecks(folder)).map(({ step }) => step)).toEqual(
      Array.from({ length: 100 }, (_, i) => i + 1)
    )
    // They are part of a run, which can be replaced.
    await expect(requireRunPlace(folder, { overwrite: true })).resolves.toBeUndefined()
  })

  it.each([
    ['it is not JSON', '{'],
    ['more: this key is not known', '{"formatVersion":1,"checks":[],"more":1}'],
    ['checks', JSON.stringify({ formatVersion: 1, checks: [{ ...asked, rows: -1 }] })]
  ])('that cannot be read are told and put aside: %s', async (reason, text) => {
    await finished(await begun())
    await writeFile(join(folder, CHECKS), text)
    await expect(readAskedChecks(folder)).rejects.toMatchObject({ code: 'checks-damaged' })
    expect(await summary()).toMatchObject({ error: { code: 'checks-damaged' }, gradientChecks: { checks: 5 } })
    expect((await summary())?.error?.message.toLowerCase()).toContain(reason.toLowerCase())
    await keepAskedCheck(folder, asked)
    expect(await readAskedChecks(folder)).toEqual([asked])
    expect(await readdir(folder)).toContain(`${CHECKS}.damaged`)
  })
})
