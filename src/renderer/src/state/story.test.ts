import { describe, expect, it } from 'vitest'
import type { RunStatus, RunView } from '../../../shared/views'
import { slownessStory, storyOf } from './story'
import { runWith } from './testing'

function runAt(status: RunStatus, step: number, runId = 'run'): RunView {
  const run = runWith({ runId }, status)
  return { ...run, progress: { ...run.progress, epoch: Math.ceil(step / 120), epochs: 60, step } }
}

describe('storyOf', () => {
  it('tells each status once, and nothing while a run merely goes on', () => {
    expect(storyOf(runAt('running', 4), runAt('running', 5))).toBeNull()
    expect(storyOf(runAt('running', 5), runAt('paused', 6))).toBe('Paused at epoch 1 of 60, step 6.')
    expect(storyOf(runAt('paused', 6), runAt('running', 6))).toBe('Training goes on at epoch 1 of 60, step 6.')
    expect(storyOf(runAt('running', 239), runAt('completed', 240))).toBe('Training finished: 2 epochs, 240 steps.')
  })

  it('says that a run began when it does, not while it is being made', () => {
    expect(storyOf(null, runAt('paused', 0))).toBeNull()
    expect(storyOf(runAt('paused', 0), runAt('running', 0))).toBe('Training started: 60 epochs.')
    expect(storyOf(runAt('completed', 9), runAt('running', 0, 'next'))).toBe('Training started: 60 epochs.')
  })

  it('says that a run stopped early as soon as that is known, after its end or with it', () => {
    const completed = runAt('completed', 240)
    const told = { ...completed, earlyStop: { epoch: 2, bestEpoch: 1, restored: true } }
    expect(storyOf(runAt('running', 239), told)).toContain('Stopped early at epoch 2: no better since epoch 1')
    expect(storyOf(completed, told)).toContain('Stopped early at epoch 2')
    expect(storyOf(told, { ...told })).toBeNull()
  })

  it('says that a run was cleared, and nothing where there was none', () => {
    expect(storyOf(runAt('stopped', 4), null)).toBe('Run cleared.')
    expect(storyOf(null, null)).toBeNull()
  })
})

describe('slownessStory', () => {
  const reason = 'A thread was lost: training goes on with one.'
  const fast = runAt('running', 4)
  const slow: RunView = { ...runAt('running', 5), executor: { name: 'wasm', reason, threads: 1 } }

  it('tells once that a run has lost a thread', () => {
    expect(slownessStory(null, fast)).toBeNull()
    expect(slownessStory(fast, slow)).toBe(`Trained with fewer threads. ${reason}`)
    expect(slownessStory(slow, { ...slow })).toBeNull()
    expect(slownessStory(slow, null)).toBeNull()
  })

  it('tells of every run that begins with the slower executor', () => {
    const why = 'There is no fast kernel for "sort" yet.'
    const of = (runId: string): RunView => ({
      ...runAt('running', 0, runId),
      executor: { name: 'reference', reason: why, threads: 1 }
    })
    const told = `Trained by the slower reference executor. ${why}`
    expect(slownessStory(null, of('a'))).toBe(told)
    expect(slownessStory(of('a'), of('b'))).toBe(told)
    expect(slownessStory(of('a'), of('a'))).toBeNull()
  })
})
