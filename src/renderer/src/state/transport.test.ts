import { describe, expect, it } from 'vitest'
import { changedSince, transportOf } from './transport'

describe('transportOf', () => {
  it('offers Train and Step before the first run, and says why not when something is in the way', () => {
    const ready = transportOf({ status: null, blocker: null, opening: false, busy: false })
    expect([ready.trainLabel, ready.train, ready.step]).toEqual(['Train', null, null])
    expect([ready.stop, ready.reset].every((reason) => reason !== null)).toBe(true)
    const blocked = transportOf({ status: null, blocker: 'Units must be above 0.', opening: false, busy: false })
    expect(blocked.train).toContain('Units must be above 0.')
    expect(blocked.step).toContain('Units must be above 0.')
  })

  it('lets a run that goes on be paused, resumed, stepped and stopped whatever the draft says', () => {
    const running = transportOf({ status: 'running', blocker: 'wrong', opening: false, busy: false })
    expect([running.trainLabel, running.train, running.stop, running.reset]).toEqual(['Pause', null, null, null])
    expect(running.step).not.toBeNull()
    const paused = transportOf({ status: 'paused', blocker: 'wrong', opening: false, busy: false })
    expect([paused.trainLabel, paused.train, paused.step, paused.stop]).toEqual(['Resume', null, null, null])
  })

  it.each(['completed', 'stopped', 'failed'] as const)('offers a new run once the last one has %s', (status) => {
    const view = transportOf({ status, blocker: null, opening: false, busy: false })
    expect([view.trainLabel, view.train, view.step, view.reset]).toEqual(['Train', null, null, null])
    expect(view.stop).not.toBeNull()
  })

  it('waits while a command is carried out', () => {
    const { train, step, stop, reset } = transportOf({ status: 'running', blocker: null, opening: false, busy: true })
    expect([train, step, stop, reset].every((reason) => reason !== null)).toBe(true)
  })

  it.each([null, 'running', 'paused', 'completed'] as const)('waits while a dataset is opened (%s)', (status) => {
    const { train, step, stop, reset } = transportOf({ status, blocker: null, opening: true, busy: false })
    expect([train, step, stop, reset]).toEqual(Array.from({ length: 4 }, () => 'A dataset is being opened.'))
  })
})

describe('changedSince', () => {
  it('names a button that is there, whatever the run does', () => {
    expect(changedSince(null)).toContain('Train begins a new run')
    expect(changedSince('completed')).toContain('Train begins a new run')
    for (const status of ['running', 'paused'] as const) {
      expect(changedSince(status)).toMatch(/Stop ends this run.*Train then begins/)
    }
  })
})
