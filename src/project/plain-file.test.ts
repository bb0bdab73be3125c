import { execFileSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { StudioError } from '../shared/errors'
import { beginRun } from './begin-run'
import { openExperiment } from './experiment'
import { loadRun } from './load-run'
import { resumeRun } from './resume-run'
import { readCurves } from './run-curves'
import { listRuns } from './run-store'
import { madeSetup, madeTable } from './testing/tables'

const table = madeTable('binary')
let root = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'studio-plain-'))
  for (const name of ['ended', 'interrupted']) {
    const experiment = openExperiment(table, madeSetup('binary', 'log'))
    const recorder = await beginRun(join(root, name), experiment, { paths: [], title: name })
    for await (const event of experiment.training.events()) {
      recorder.record(event, 10 * event.step)
      if (event.type === 'epoch' && event.epoch === 2 && name === 'interrupted') break
    }
    if (name === 'ended') await recorder.finish(await experiment.finish('completed'))
    else await recorder.checkpoint()
    await recorder.release()
    experiment.training.close()
  }
})
afterAll(() => rm(root, { recursive: true, force: true }))

const intruders = new Map<string, (path: string) => Promise<void>>([
  ['a folder', (path) => mkdir(path)],
  ['a circle of links', (path) => symlink(path, path)],
  ...(process.platform === 'win32'
    ? []
    : ([
        [
          'a pipe',
          (path) => {
            execFileSync('mkfifo', [path])
            return Promise.resolve()
          }
        ],
        ['a device without end', (path) => symlink('/dev/zero', path)]
      ] satisfies [string, (path: string) => Promise<void>][]))
])

const files = ['plan.json', 'run.json', 'notes.json', 'events.log', 'timeline.log', 'checkpoints', 'newest checkpoint']
const others = ['lock', 'metrics.ndjson', 'weights.safetensors', 'sample.json']

/** Null when it is done. */
async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => null,
    (thrown: unknown) => thrown
  )
}

describe.each(['ended', 'interrupted'])('a run that has %s', (kind) => {
  it.each([...files, ...others].flatMap((file) => [...intruders].map(([what, put]) => ({ file, what, put }))))(
    'with $what for its $file is read without waiting, and every failure has a code',
    async ({ file, what, put }) => {
      const runs = join(root, [kind, file, what].join(' '))
      const run = join(runs, 'run')
      await cp(join(root, kind), run, { recursive: true })
      const [newest = ''] = (await readdir(join(run, 'checkpoints'))).sort().reverse()
      const path = join(run, file === 'newest checkpoint' ? join('checkpoints', newest) : file)
      await rm(path, { recursive: true, force: true })
      await put(path)

      const [listed] = await listRuns(runs)
      expect(listed?.error?.code).not.toBe('internal-error')
      const works = [readCurves(run), loadRun(run), resumeRun(run, table, { epochs: 7 })] as const
      for (const failure of await Promise.all(works.map(failureOf)))
        if (failure !== null) expect(failure).toBeInstanceOf(StudioError)
      const resumed = await works[2].catch(() => null)
      await resumed?.recorder.release()
      resumed?.experiment.training.close()
      // A log or a checkpoint is no reason not to go on; where there are no checkpoints, a run begins anew.
      const goesOn = ['events.log', 'timeline.log', 'newest checkpoint', 'notes.json', ...others.slice(1)]
      const isEmpty = file === 'checkpoints' && what === 'a folder'
      expect(resumed !== null).toBe(goesOn.includes(file) || isEmpty)
    }
  )
})
