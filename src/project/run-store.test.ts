import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { beginRun } from './begin-run'
import { openExperiment, type Experiment } from './experiment'
import { lockRun } from './run-lock'
import { deleteRuns, editRun, folderOfRun, listRuns, purgeTrash, restoreRuns } from './run-store'
import { saveRun } from './save-run'
import { madeRun } from './testing/runs'
import { madeSetup, madeTable } from './testing/tables'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backprop-studio-store-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const experiment = () => openExperiment(madeTable('binary'), madeSetup('binary', 'log'))

/** Trains and keeps a run; to its end, or until so many epochs have ended. */
async function keep(name: string, epochs = Infinity, of: Experiment = experiment()): Promise<void> {
  const recorder = await beginRun(join(folder, name), of, { paths: ['/data/test.csv'], title: `Run ${name}` })
  for await (const event of of.training.events()) {
    recorder.record(event, 10 * event.step)
    if (event.type === 'epoch' && event.epoch === epochs) break
  }
  if (epochs === Infinity) await recorder.finish(await of.finish('completed'))
  else await recorder.checkpoint()
  await recorder.release()
  of.training.close()
}

const names = async () => (await listRuns(folder)).map(({ name }) => name)

describe('listRuns', () => {
  it('tells all of a run that has ended', async () => {
    const own = experiment()
    await keep('one', Infinity, own)
    const [run] = await listRuns(folder)
    const last = own.epochs.at(-1)
    const best = own.epochs.findLast((epoch) => epoch.best)
    expect(run).toMatchObject({
      ...{ name: 'one', runId: own.id, title: 'Run one', status: 'completed', error: null, task: 'binary' },
      ...{ epochs: 5, plannedEpochs: 5, steps: own.steps, elapsedMs: last?.elapsedMs, resumable: true, seed: 3 },
      dataset: { fileName: 'test.csv', rows: 90 },
      last: { epoch: 5, validationLoss: last?.validationLoss, metrics: last?.metrics },
      best: { epoch: best?.epoch, validationLoss: best?.validationLoss },
      environment: expect.stringMatching(/^\w+ \w+, \d+ processors?, \w+ on \d+ threads?$/) as string,
      weightsSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      ...{ notes: '', tags: [], starred: false, archived: false, parent: null }
    })
    expect(run?.settings).toContainEqual({ key: 'layers.1', label: 'Layer 1', value: 'Dense 5, Tanh, from input' })
    expect(run?.bytes).toBeGreaterThan(1000)
  })

  it('tells how far an interrupted one came, and which is in progress', async () => {
    const own = experiment()
    await keep('two', 2, own)
    const measured = { epoch: 2, validationLoss: own.epochs.at(-1)?.validationLoss }
    expect(await listRuns(folder)).toMatchObject([
      {
        status: 'interrupted',
        epochs: 2,
        plannedEpochs: 5,
        resumable: true,
        endedAt: null,
        last: measured,
        error: null
      }
    ])
    const lock = await lockRun(join(folder, 'two'))
    expect(await listRuns(folder)).toMatchObject([{ status: 'running', epochs: 2 }])
    await lock.release()
  })

  it('reads of a run with a long log its newest checkpoint instead', async () => {
    const own = experiment()
    await keep('long', 3, own)
    const [before] = await listRuns(folder)
    const log = join(folder, 'long/events.log')
    // Nothing of the log itself could be read: it ends with its first frame.
    await writeFile(log, Buffer.concat([(await readFile(log)).subarray(0, 8), Buffer.alloc(2 ** 20)]))
    const [run] = await listRuns(folder)
    expect(run).toEqual({ ...before, bytes: run?.bytes })
    expect(run).toMatchObject({
      epochs: 3,
      steps: own.steps,
      last: { epoch: 3 },
      best: { metrics: { accuracy: expect.any(Number) as number } }
    })
    for (const name of await readdir(join(folder, 'long/checkpoints'))) {
      await writeFile(join(folder, 'long/checkpoints', name), 'damaged')
    }
    expect(await listRuns(folder)).toMatchObject([{ epochs: 0, last: null, error: null }])
  })

  it('reads runs of earlier studios, which have no plan and mark no best epoch', async () => {
    const run = await madeRun('binary', 'log')
    await saveRun(join(folder, 'old'), run)
    const path = join(folder, 'old/metrics.ndjson')
    const lines = (await readFile(path, 'utf8'))
      .replace(/,"best":\w+/g, '')
      .replace(/,"(?:step|elapsedMs)":[\w.]+/g, '')
    await writeFile(path, lines)
    const lowest = Math.min(...run.metrics.map(({ validationLoss }) => validationLoss ?? NaN))
    expect(await listRuns(folder)).toMatchObject([
      {
        name: 'old',
        title: 'old',
        status: 'completed',
        resumable: false,
        best: { validationLoss: lowest },
        error: null
      }
    ])
  })

  it.each([
    ['run.json', '{"formatVersion":1}', 'run-damaged'],
    ['run.json', '{"formatVersion":99}', 'run-too-new'],
    ['run.json', '{', 'run-damaged'],
    ['plan.json', '[]', 'plan-damaged'],
    ['metrics.ndjson', 'nonsense\n', 'run-damaged'],
    ['notes.json', '{"starred":"yes"}', 'notes-damaged']
  ])('lists a run whose %s is %s, with the error, beside whole ones', async (file, content, code) => {
    await keep('damaged')
    await keep('whole')
    await writeFile(join(folder, 'damaged', file), content)
    const runs = await listRuns(folder)
    expect(runs.find(({ name }) => name === 'whole')?.error).toBeNull()
    expect(runs.find(({ name }) => name === 'damaged')?.error).toMatchObject({ code })
  })

  it('passes over what is no run, what is hidden, and links', async () => {
    await keep('run')
    await mkdir(join(folder, 'pictures'))
    await writeFile(join(folder, 'note.txt'), '')
    await cp(join(folder, 'run'), join(folder, '.hidden'), { recursive: true })
    await symlink(join(folder, 'run'), join(folder, 'link'))
    expect(await names()).toEqual(['run'])
    expect(await listRuns(join(folder, 'nowhere'))).toEqual([])
    await expect(listRuns(join(folder, 'note.txt'))).rejects.toMatchObject({ code: 'not-readable' })
  })

  it('names a run that has lost its record', async () => {
    await saveRun(join(folder, 'lost'), await madeRun('binary', 'log'))
    await rm(join(folder, 'lost/run.json'))
    expect(await listRuns(folder)).toMatchObject([{ name: 'lost', error: { code: 'run-damaged' } }])
  })
})

describe('editRun', () => {
  it('changes what is said and leaves the rest', async () => {
    await keep('run')
    await editRun(folder, 'run', { title: 'Best so far', tags: ['a', 'b'] })
    expect(await editRun(folder, 'run', { starred: true, notes: 'x', title: undefined })).toMatchObject({
      ...{ title: 'Best so far', tags: ['a', 'b'], starred: true, notes: 'x', archived: false }
    })
    await writeFile(join(folder, 'run/notes.json'), 'torn')
    expect(await editRun(folder, 'run', { archived: true })).toMatchObject({
      title: 'Run run',
      archived: true,
      error: null
    })
    expect(await readFile(join(folder, 'run/notes.json.damaged'), 'utf8')).toBe('torn')
  })

  it.each(['..', '.', '', '../outside', 'a/b', '.trash', 'link', 'nowhere', 'x\0y'])(
    'refuses the name %j',
    async (name) => {
      await keep('run')
      await symlink(join(folder, 'run'), join(folder, 'link'))
      await expect(folderOfRun(folder, name)).rejects.toMatchObject({ code: 'run-not-found' })
      await expect(editRun(folder, name, { starred: true })).rejects.toMatchObject({ code: 'run-not-found' })
      await expect(deleteRuns(folder, [name])).rejects.toMatchObject({ code: 'run-not-found' })
      await expect(restoreRuns(folder, [name])).rejects.toMatchObject({ code: 'run-not-found' })
    }
  )
})

describe('deleteRuns', () => {
  it('moves runs away and brings them back whole', async () => {
    await keep('a')
    await keep('b')
    const before = await readFile(join(folder, 'a/run.json'), 'utf8')
    await deleteRuns(folder, ['a', 'b', 'a'])
    expect(await names()).toEqual([])
    await restoreRuns(folder, ['b', 'a'])
    expect((await names()).sort()).toEqual(['a', 'b'])
    expect(await readFile(join(folder, 'a/run.json'), 'utf8')).toBe(before)
    expect(await readdir(join(folder, '.trash'))).toEqual([])
  })

  it('deletes all or none, and nothing that is worked on', async () => {
    await keep('a')
    await keep('b')
    await expect(deleteRuns(folder, ['a', 'gone'])).rejects.toMatchObject({ code: 'run-not-found' })
    const lock = await lockRun(join(folder, 'b'))
    await expect(deleteRuns(folder, ['a', 'b'])).rejects.toMatchObject({ code: 'run-in-use' })
    expect((await names()).sort()).toEqual(['a', 'b'])
    await lock.release()
    await deleteRuns(folder, ['b'])
    expect(await names()).toEqual(['a'])
  })

  it('brings back the one of a name that was deleted last, and never over another', async () => {
    await keep('a')
    await editRun(folder, 'a', { title: 'older' })
    await deleteRuns(folder, ['a'])
    await new Promise((resolve) => setTimeout(resolve, 3))
    await keep('a')
    await editRun(folder, 'a', { title: 'newer' })
    await expect(restoreRuns(folder, ['a'])).rejects.toMatchObject({ code: 'run-exists' })
    await deleteRuns(folder, ['a'])
    await restoreRuns(folder, ['a'])
    expect(await listRuns(folder)).toMatchObject([{ title: 'newer' }])
  })

  it('purges what was deleted long ago, and that alone', async () => {
    await keep('a')
    await keep('b')
    await deleteRuns(folder, ['a'])
    const [entry = ''] = await readdir(join(folder, '.trash'))
    await rename(join(folder, '.trash', entry), join(folder, '.trash', `000000000001000${entry.slice(15)}`))
    await deleteRuns(folder, ['b'])
    expect(await purgeTrash(folder, 60_000)).toBe(1)
    await expect(restoreRuns(folder, ['a'])).rejects.toMatchObject({ code: 'run-not-found' })
    // Deleted while the clock was ahead: how long ago that was nobody knows, so it stays.
    const [later = ''] = await readdir(join(folder, '.trash'))
    await rename(join(folder, '.trash', later), join(folder, '.trash', `004000000000000${later.slice(15)}`))
    expect(await purgeTrash(folder, 0)).toBe(0)
    await restoreRuns(folder, ['b'])
    expect(await names()).toEqual(['b'])
  })

  it('puts nothing where a link leads', async () => {
    await keep('a')
    const elsewhere = await mkdtemp(join(tmpdir(), 'backprop-studio-elsewhere-'))
    await symlink(elsewhere, join(folder, '.trash'))
    await expect(deleteRuns(folder, ['a'])).rejects.toMatchObject({ code: 'not-a-folder' })
    await expect(purgeTrash(folder, 0)).rejects.toMatchObject({ code: 'not-a-folder' })
    expect(await readdir(elsewhere)).toEqual([])
    expect(await names()).toEqual(['a'])
    await rm(elsewhere, { recursive: true })
  })
})

it('lists a thousand runs within a second or two of a slow machine', async () => {
  await keep('run-0')
  for (let i = 1; i < 1000; i++) await cp(join(folder, 'run-0'), join(folder, `run-${i}`), { recursive: true })
  const begun = performance.now()
  expect(await listRuns(folder)).toHaveLength(1000)
  const tookMs = performance.now() - begun
  if (process.env['SHOW_TIMES'] !== undefined) process.stdout.write(`listRuns: ${Math.round(tookMs)} ms\n`)
  expect(tookMs).toBeLessThan(4000)
}, 60_000)
