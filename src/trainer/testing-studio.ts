/** For tests: a studio in a folder of its own for each test of a file, which can be closed and opened again. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import type { Setup } from '../shared/setup'
import type { SessionView } from '../shared/views'
import { askedSession, type AskedSession } from './testing'

export const samples = join(import.meta.dirname, '../../resources/samples')
export const iris = join(samples, 'iris.csv')
/** Longer than any test. */
export const ENDLESS = 100_000

export interface TestStudio extends Pick<AskedSession, 'ask' | 'runWhen'> {
  /** The studio that is open now. */
  asked(): AskedSession
  view(): SessionView
  /** A path in the folder of this test; the runs are in `runs`. */
  at(...names: readonly string[]): string
  /** The studio is closed and opened again. */
  closeAndOpen(): Promise<void>
  openIris(changes?: Partial<Setup>): Promise<void>
  draft(changes: Partial<Setup>): Promise<void>
  /** The SHA-256 of the weights of the run in view, once it is kept. */
  keptWeights(): Promise<string>
  /** The same, of iris trained in one go. */
  uninterrupted(changes: Partial<Setup>): Promise<string>
}

/** To be called once, where the file begins. */
export function studioOfEachTest(): TestStudio {
  let folder: string
  let asked: AskedSession

  const begin = (): void => {
    asked = askedSession(join(folder, 'runs'), samples)
  }
  const end = async (): Promise<void> => {
    await asked.session.close()
    asked.unplug()
  }
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'studio-test-'))
    begin()
  })
  afterEach(async () => {
    await end()
    await rm(folder, { recursive: true, force: true })
  })

  const ask: AskedSession['ask'] = (name, ...args) => asked.ask(name, ...args)
  const runWhen: AskedSession['runWhen'] = (wanted) => asked.runWhen(wanted)
  const draft: TestStudio['draft'] = async (changes) => {
    const { setup } = asked.session.view()
    if (setup === null) throw new Error('no setup')
    await ask('setup.update', { ...setup.setup, ...changes })
  }
  const openIris: TestStudio['openIris'] = async (changes = {}) => {
    await ask('dataset.open', [iris], null, {})
    await draft(changes)
  }
  const keptWeights: TestStudio['keptWeights'] = async () => {
    const run = await runWhen((each) => each.savedAs !== null)
    return run.facts.kept.weightsSha256 ?? ''
  }
  return {
    ...{ ask, runWhen, draft, openIris, keptWeights },
    asked: () => asked,
    view: () => asked.session.view(),
    at: (...names) => join(folder, ...names),
    closeAndOpen: async () => {
      await end()
      begin()
    },
    uninterrupted: async (changes) => {
      await openIris(changes)
      await ask('train.start')
      return keptWeights()
    }
  }
}
