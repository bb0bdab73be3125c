import { describe, expect, it } from 'vitest'
import type { RunStatus, RunView } from '../../../shared/views'
import { storyOf } from './story'

function runAt(status: RunStatus, step: number, runId = 'run'): RunView {
  const progress = {
    status,
    epoch: 2,
    epochs: 60,
    step,
    stepsPerEpoch: 4,
    elapsedMs: 0,
    remainingMs: null,
    rowsPerSecond: null
  }
  // Only these three parts of a run are read.
  return { runId, progress, error: null } as unknown as RunView
}

describe('storyOf', () => {
  it('tells each status once, and nothing while a run merely goes on', () => {
    expect(storyOf(runAt('running', 4), runAt('running', 5))).toBeNull()
    expect(storyOf(runAt('running', 5), runAt('paused', 6))).toBe('Paused at epoch 2 of 60, step 6.')
    expect(storyOf(runAt('paused', 6), runAt('running', 6))).toBe('Training goes on at epoch 2 of 60, step 6.')
    expect(storyOf(runAt('running', 239), runAt('completed', 240))).toBe('Training finished: 60 epochs, 240 steps.')
  })

  it('says that a run began when it does, not while it is being made', () => {
    expect(storyOf(null, runAt('paused', 0))).toBeNull()
    expect(storyOf(runAt('paused', 0), runAt('running', 0))).toBe('Training started: 60 epochs.')
    expect(storyOf(runAt('completed', 9), runAt('running', 0, 'next'))).toBe('Training started: 60 epochs.')
  })

  it('says that a run was cleared, and nothing where there was none', () => {
    expect(storyOf(runAt('stopped', 4), null)).toBe('Run cleared.')
    expect(storyOf(null, null)).toBeNull()
  })
})
