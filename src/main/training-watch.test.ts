import { describe, expect, it } from 'vitest'
import type { RunKept } from '../shared/ipc/contract'
import { noRun } from './open-work'
import { TrainingWatch } from './training-watch'

const run: RunKept = { name: 'iris-1', title: 'iris 1', status: 'running', share: 0.25, outcome: null, unsaved: false }

function watch(): { take: (run: RunKept, afterMs?: number) => ReturnType<TrainingWatch['take']> } {
  let time = 3
  const watched = new TrainingWatch(() => time)
  return {
    take: (kept, afterMs = 0) => {
      time += afterMs
      return watched.take(kept)
    }
  }
}

describe('TrainingWatch', () => {
  it('keeps the computer awake while a run trains, not while it waits', () => {
    const { take } = watch()
    expect(take(noRun)).toEqual({ awake: false, progress: -1, paused: false, ended: null })
    expect(take(run)).toEqual({ awake: true, progress: 0.25, paused: false, ended: null })
    expect(take({ ...run, status: 'paused', share: 0.5 })).toMatchObject({ awake: false, progress: 0.5, paused: true })
    expect(take({ ...run, status: 'completed', share: 1 })).toMatchObject({ awake: false, progress: -1, paused: false })
  })

  it('tells once of the end of a run that trained for half a minute, pauses not counted', () => {
    const { take } = watch()
    take(run)
    take({ ...run, status: 'paused' }, 20_000)
    take(run, 500_000)
    const done: RunKept = { ...run, status: 'completed', share: 1, outcome: 'Accuracy 96.7 %.' }
    expect(take(done, 10_000).ended).toEqual({ title: 'iris 1', outcome: 'Accuracy 96.7 %.' })
    expect(take(done, 60_000).ended).toBeNull()
    expect(take({ ...done, title: 'renamed' }).ended).toBeNull()
  })

  it('says nothing of a short run, or of one that another dataset replaced', () => {
    const short = watch()
    short.take(run)
    expect(short.take({ ...run, status: 'completed' }, 29_999).ended).toBeNull()
    const replaced = watch()
    replaced.take(run)
    expect(replaced.take(noRun, 60_000).ended).toBeNull()
  })

  it('counts each run by itself', () => {
    const { take } = watch()
    take(run)
    take({ ...run, status: 'completed' }, 60_000)
    take({ ...run, name: 'iris-2' })
    expect(take({ ...run, name: 'iris-2', status: 'failed' }, 1000).ended).toBeNull()
  })

  it('counts a run that its trainer lost and found again as one', () => {
    const { take } = watch()
    take(run)
    take({ ...run, share: 0.2 }, 25_000)
    expect(take({ ...run, status: 'completed', outcome: 'Done.' }, 6000).ended?.outcome).toBe('Done.')
  })
})
