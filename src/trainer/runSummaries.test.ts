import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { beginRun, editRun, listRuns, openExperiment } from '../project'
import { madeSetup, madeTable } from '../project/testing/tables'
import { RunSummaries } from './runSummaries'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backprop-studio-summaries-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function keep(name: string): Promise<void> {
  const experiment = openExperiment(madeTable('binary'), madeSetup('binary', 'log'))
  const recorder = await beginRun(join(folder, name), experiment, { paths: ['/data/test.csv'], title: name })
  for await (const event of experiment.training.events()) recorder.record(event, 10 * event.step)
  await recorder.finish(await experiment.finish('completed'))
  await recorder.release()
  experiment.training.close()
}

/** As if nothing had happened to it for a minute. */
async function rested(name: string): Promise<void> {
  const time = Date.now() / 1000 - 60
  for (const file of ['events.log', 'plan.json', 'run.json', 'checkpoints', '.']) {
    await utimes(join(folder, name, file), time, time)
  }
}

describe('RunSummaries', () => {
  it('reads again only what has changed', async () => {
    for (const name of ['one', 'two']) {
      await keep(name)
      await rested(name)
    }
    const summaries = new RunSummaries(folder)
    const first = await summaries.list()
    expect(first).toEqual(await listRuns(folder))
    const again = await summaries.list()
    expect(again).toHaveLength(2)
    for (const run of again) expect(first.some((before) => before === run)).toBe(true)

    await editRun(folder, 'one', { title: 'Another title' })
    const edited = await summaries.list()
    expect(edited.find(({ name }) => name === 'one')?.title).toBe('Another title')
    expect(edited.find(({ name }) => name === 'two')).toBe(first.find(({ name }) => name === 'two'))

    await rm(join(folder, 'two'), { recursive: true })
    expect((await summaries.list()).map(({ name }) => name)).toEqual(['one'])
  })

  it('trusts no time of a file that is as new as its own look at it', async () => {
    await keep('one')
    const summaries = new RunSummaries(folder)
    const [first] = await summaries.list()
    const [second] = await summaries.list()
    expect(second).toEqual(first)
    expect(second).not.toBe(first)
  })

  it('sees a file that was edited in place', async () => {
    await keep('one')
    await rested('one')
    const summaries = new RunSummaries(folder)
    expect(await summaries.list()).toMatchObject([{ status: 'completed', error: null }])
    const path = join(folder, 'one/run.json')
    await writeFile(path, (await readFile(path, 'utf8')).slice(0, -20))
    expect(await summaries.list()).toMatchObject([{ error: { code: 'run-damaged' } }])
  })

  it('has runs share the settings in which they are alike', async () => {
    await keep('one')
    await keep('two')
    const [one, two] = await new RunSummaries(folder).list()
    expect(one?.settings.length).toBeGreaterThan(10)
    one?.settings.forEach((setting, index) => expect(two?.settings[index]).toBe(setting))
  })
})
