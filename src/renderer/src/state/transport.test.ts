import { describe, expect, it } from 'vitest'
import { transportOf } from './transport'

describe('transportOf', () => {
  it('offers Train and Step before the first run, and says why not when something is in the way', () => {
    const ready = transportOf({ status: null, blocker: null, busy: false })
    expect([ready.trainLabel, ready.train, ready.step]).toEqual(['Train', null, null])
    expect([ready.stop, ready.reset].every((reason) => reason !== null)).toBe(true)
    const blocked = transportOf({ status: null, blocker: 'Units must be above 0.', busy: false })
    expect(blocked.train).toContain('Units must be above 0.')
    expect(blocked.step).toContain('Units must be above 0.')
  })

  it('lets a run that goes on be paused, resumed, stepped and stopped whatever the draft says', () => {
    const running = transportOf({ status: 'running', blocker: 'wrong', busy: false })
    expect([running.trainLabel, running.train, running.stop, running.reset]).toEqual(['Pause', null, null, null])
    expect(running.step).not.toBeNull()
    const paused = transportOf({ status: 'paused', blocker: 'wrong', busy: false })
    expect([paused.trainLabel, paused.train, paused.step, paused.stop]).toEqual(['Resume', null, null, null])
  })

  it.each(['completed', 'stopped', 'failed'] as const)('offers a new run once the last one has %s', (status) => {
    const view = transportOf({ status, blocker: null, busy: false })
    expect([view.trainLabel, view.train, view.step, view.reset]).toEqual(['Train', null, null, null])
    expect(view.stop).not.toBeNull()
  })

  it('waits while a command is carried out', () => {
    const { train, step, stop, reset } = transportOf({ status: 'running', blocker: null, busy: true })
    expect([train, step, stop, reset].every((reason) => reason !== null)).toBe(true)
  })
})
