import { MessageChannel } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { StudioError } from '../shared/errors'
import { trainerRoutes } from '../shared/ipc/contract'
import { createRpcClient, createRpcServer, type Handlers } from '../shared/rpc'
import type { Setup } from '../shared/setup'
import type { SessionView, SetupView } from '../shared/views'
import { madeSetup } from '../project/testing/tables'
import { noRun, type Work } from './open-work'
import { reopen, type Reopened } from './reopen'

const routes = {
  'dataset.open': trainerRoutes['dataset.open'],
  'train.continue': trainerRoutes['train.continue'],
  'setup.update': trainerRoutes['setup.update']
}
type Answers = Handlers<typeof routes>

const trained = madeSetup('regression', 'squared')
const edited: Setup = { ...trained, epochs: 7 }
const work: Work = {
  paths: ['/data/a.csv'],
  readAs: { header: true },
  setup: edited,
  run: { ...noRun, name: 'a-1', title: 'a 1', status: 'running', share: 0.5 }
}

function sessionWith(setup: Setup): SessionView {
  return {
    dataset: null,
    setup: viewOf(setup),
    run: null,
    crossValidation: null,
    rateTest: null,
    depthExperiment: null,
    lossLab: null,
    gradientCheck: null
  }
}

function viewOf(setup: Setup): SetupView {
  return { setup, prepared: null, findings: [], associations: [], checking: false, error: null }
}

/** Asks a trainer that answers so; what was asked of it, in order. */
async function reopened(
  open: Work,
  running: boolean,
  answers: Partial<Answers> = {}
): Promise<{ result: Reopened; asked: unknown[][] }> {
  const { port1, port2 } = new MessageChannel()
  const asked: unknown[][] = []
  const all: Answers = {
    'dataset.open': (paths, setup, as) => {
      asked.push(['open', paths, setup, as])
      return answers['dataset.open']?.(paths, setup, as) ?? sessionWith(setup ?? trained)
    },
    'train.continue': (name, epochs, goesOn) => {
      asked.push(['continue', name, epochs, goesOn])
      const opened = { session: sessionWith(trained), paths: open.paths, readAs: open.readAs }
      return answers['train.continue']?.(name, epochs, goesOn) ?? opened
    },
    'setup.update': (setup) => {
      asked.push(['update', setup])
      return answers['setup.update']?.(setup) ?? viewOf(setup)
    }
  }
  createRpcServer(port1, routes, all)
  try {
    return { result: await reopen(createRpcClient<typeof routes>(port2), open, running), asked }
  } finally {
    port1.close()
  }
}

function fails(code: string): () => never {
  return () => {
    throw new StudioError(code, 'It cannot be done.')
  }
}

it('resumes the run, and lays the settings as they were edited beside it', async () => {
  const { result, asked } = await reopened(work, true)
  expect(asked).toEqual([
    ['continue', 'a-1', null, true],
    ['update', edited]
  ])
  expect(result).toMatchObject({ resumed: true, problem: null, session: { setup: { setup: edited } } })
})

it('leaves settings alone that are those of the run', async () => {
  const { result, asked } = await reopened({ ...work, setup: { ...trained } }, false)
  expect(asked).toEqual([['continue', 'a-1', null, false]])
  expect(result.resumed).toBe(true)
})

it('opens the dataset with the settings when the run cannot be resumed, and says why', async () => {
  const { result, asked } = await reopened(work, true, { 'train.continue': fails('no-checkpoint') })
  expect(asked.at(-1)).toEqual(['open', work.paths, edited, work.readAs])
  expect(result).toMatchObject({ resumed: false, problem: { code: 'no-checkpoint' } })
})

it('goes on with the run where the edited settings do not fit any more', async () => {
  const { result } = await reopened(work, true, { 'setup.update': fails('unknown-column') })
  expect(result).toMatchObject({ resumed: true, problem: { code: 'unknown-column' } })
  expect(result.session.setup?.setup).toEqual(trained)
})

it('asks for no run that has ended, or that is not on disk', async () => {
  for (const run of [noRun, { ...work.run, status: 'completed' as const }, { ...work.run, name: null }]) {
    const { result, asked } = await reopened({ ...work, run }, true)
    expect(asked).toEqual([['open', work.paths, edited, work.readAs]])
    expect(result).toMatchObject({ resumed: false, problem: null })
  }
})

it('asks no more of a trainer that died over it', async () => {
  await expect(reopened(work, true, { 'train.continue': fails('trainer-gone') })).rejects.toMatchObject({
    code: 'trainer-gone'
  })
  await expect(reopened(work, true, { 'setup.update': fails('trainer-gone') })).rejects.toMatchObject({
    code: 'trainer-gone'
  })
})
