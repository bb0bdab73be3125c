import { describe, expect, it } from 'vitest'
import { CHECK_MS, Heartbeat, SILENCE_MS } from './heartbeat'

/** Looks every second from `from` on. @returns when it was told to be silent */
function listen(heartbeat: Heartbeat, clock: { time: number }, ms: number, speaks: boolean): number[] {
  const told: number[] = []
  for (const end = clock.time + ms; clock.time < end;) {
    clock.time += CHECK_MS
    if (speaks) heartbeat.beat()
    if (heartbeat.check()) told.push(clock.time)
  }
  return told
}

describe('Heartbeat', () => {
  it('tells once of ten seconds of silence, and of the end of it', () => {
    const clock = { time: 5 }
    const heartbeat = new Heartbeat(() => clock.time)
    expect(listen(heartbeat, clock, 60_000, true)).toEqual([])
    const last = clock.time
    expect(listen(heartbeat, clock, 60_000, false)).toEqual([last + SILENCE_MS])
    expect(heartbeat.beat()).toBe(true)
    expect(heartbeat.beat()).toBe(false)
    expect(listen(heartbeat, clock, 9000, false)).toEqual([])
  })

  it('waits for a process that has not begun to speak', () => {
    const clock = { time: 0 }
    expect(listen(new Heartbeat(() => clock.time), clock, 60_000, false)).toEqual([])
  })

  it('does not count the time in which it was asleep itself', () => {
    const clock = { time: 0 }
    const heartbeat = new Heartbeat(() => clock.time)
    listen(heartbeat, clock, 5000, true)
    clock.time += 8 * 3_600_000
    expect(heartbeat.check()).toBe(false)
    expect(listen(heartbeat, clock, 9000, false)).toEqual([])
    expect(listen(heartbeat, clock, 1000, false)).toHaveLength(1)
  })
})
