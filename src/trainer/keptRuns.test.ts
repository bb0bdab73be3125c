import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kernelBytes } from '../../tests/kernels'
import { provideKernels } from '../engine'
import { ENDLESS, iris, samples, studioOfEachTest } from './testing-studio'

provideKernels(kernelBytes)

const { ask, asked, runWhen, view, at, draft, openIris, uninterrupted } = studioOfEachTest()

describe('the kept runs', () => {
  it('compares what a run answers that still trains', async () => {
    await uninterrupted({ epochs: 3 })
    const done = view().run?.savedAs ?? ''
    await draft({ epochs: ENDLESS, optimizer: { type: 'adam', config: { learningRate: 0.05 } } })
    await ask('train.start')
    const going = (await runWhen((run) => run.progress.epoch > 20)).facts.kept.name ?? ''
    const compared = await ask('runs.compare', done, going)
    expect(compared.answers?.evaluations.map(({ rows }) => rows)).toEqual([30, 30])
    expect(compared.answers?.evaluations[1].epoch).toBeGreaterThan(20)
    expect(compared.why).toMatch(/"iris 2" has not ended: its answers are those of now/)
    expect(view().run?.progress.status).toBe('running')
  })

  it('says of a run in view that was deleted that its past is gone, until it is brought back', async () => {
    await uninterrupted({ epochs: 8 })
    const name = view().run?.savedAs ?? ''
    const weights = await ask('run.weights', 1)
    await ask('runs.delete', [name])
    await expect(ask('run.weights', 2)).rejects.toMatchObject({ code: 'unknown-moment' })
    await expect(ask('train.fork', 3)).rejects.toMatchObject({ code: 'unknown-moment' })
    // What is in memory is there.
    expect(await ask('run.weights', 1)).toEqual(weights)
    expect((await ask('run.evaluate', 'validation', null))?.rows).toBe(30)
    await ask('runs.restore', [name])
    expect(await ask('run.weights', 2)).not.toEqual(weights)
    expect((await ask('train.fork', 3)).facts.parent?.name).toBe(name)
  })

  it('keeps titles and tags in one line, without what a terminal would obey', async () => {
    await uninterrupted({ epochs: 1 })
    const name = view().run?.savedAs ?? ''
    const edited = await ask('runs.edit', name, {
      title: ' a\n\u001b[31mb\u0000 ',
      tags: ['x\ty'],
      notes: 'two\nlines'
    })
    expect(edited).toMatchObject({ title: 'a [31mb', tags: ['x y'], notes: 'two\nlines' })
    await expect(ask('runs.edit', name, { title: '\u0007' })).rejects.toMatchObject({ code: 'invalid-arguments' })
    await expect(ask('runs.edit', name, { notes: 'x'.repeat(2 ** 20) })).rejects.toMatchObject({
      code: 'invalid-arguments'
    })
  })

  it('tells no window where its folders lie', async () => {
    await openIris()
    const answers = await Promise.all(
      [
        ask('runs.curves', 'none'),
        ask('runs.delete', ['none']),
        ask('dataset.open', [at('none.csv')], null, {}),
        ask('export.write', 'none', at('somewhere')),
        ask('samples.list', at())
      ].map((answer) => answer.then(String, String))
    )
    for (const answer of answers) expect(answer).not.toContain(at())
    await writeFile(at('runs'), 'a file where the folder should be')
    await draft({ epochs: 2 })
    await ask('train.start')
    const run = await runWhen((each) => each.saveError !== null)
    expect(run.facts.kept.problem).not.toBeNull()
    expect(JSON.stringify(view())).not.toContain(at())
    expect(JSON.stringify(asked().messages)).not.toContain(at())
  })

  it('opens the design of a run, and names data that is gone', async () => {
    const file = at('mine.csv')
    await writeFile(file, await readFile(iris))
    await ask('dataset.open', [file], null, {})
    await draft({ epochs: 3, batchSize: 7 })
    await ask('train.start')
    const { savedAs } = await runWhen((each) => each.savedAs !== null)
    await ask('dataset.open', [join(samples, 'penguins.csv')], null, {})
    const opened = await ask('runs.openDesign', savedAs ?? '')
    expect(opened.paths).toEqual([file])
    expect(opened.session).toMatchObject({ run: null, setup: { setup: { batchSize: 7, epochs: 3 } } })

    await ask('dataset.open', [join(samples, 'penguins.csv')], null, {})
    await rename(file, at('moved.csv'))
    await expect(ask('runs.openDesign', savedAs ?? '')).rejects.toMatchObject({
      code: 'data-moved',
      message: expect.not.stringContaining(at()) as string,
      details: { fileName: 'mine.csv', file: 'mine.csv' }
    })
    expect(view().dataset?.fileName).toBe('penguins.csv')
    // Opened from its new place it is known by what is in it.
    await ask('dataset.open', [at('moved.csv')], null, {})
    await draft({ batchSize: 50 })
    const again = await ask('runs.openDesign', savedAs ?? '')
    expect(again.session.setup?.setup.batchSize).toBe(7)
    expect(again.paths).toEqual([at('moved.csv')])
    await writeFile(file, `${String(await readFile(iris))}\n`)
    await ask('dataset.open', [join(samples, 'penguins.csv')], null, {})
    await expect(ask('runs.openDesign', savedAs ?? '')).rejects.toMatchObject({ code: 'data-changed' })
  })

  it('lists, names, deletes and brings back runs', async () => {
    await uninterrupted({ epochs: 3 })
    const name = view().run?.savedAs ?? ''
    await draft({ epochs: ENDLESS })
    await ask('train.start')
    await runWhen((run) => run.progress.epoch > 1)
    const [running, done] = await ask('runs.list')
    expect(running).toMatchObject({ status: 'running', resumable: false })
    expect(done).toMatchObject({ name, status: 'completed', title: 'iris' })
    await expect(ask('runs.delete', [running?.name ?? ''])).rejects.toMatchObject({ code: 'run-in-progress' })
    await ask('runs.edit', running?.name ?? '', { title: 'The second one' })
    expect(view().run?.facts.title).toBe('The second one')
    await ask('runs.delete', [name])
    expect((await ask('runs.list')).map((run) => run.name)).toEqual([running?.name])
    await ask('runs.restore', [name])
    const curves = await ask('runs.curves', name)
    expect(curves).toMatchObject({ name, runId: done?.runId })
    expect(curves.epochs).toHaveLength(3)
    expect(asked().messages.some(({ type }) => type === 'runs')).toBe(true)
  })
})
