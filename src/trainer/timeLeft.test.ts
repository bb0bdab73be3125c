import { describe, expect, it } from 'vitest'
import { RandomStream } from '../engine'
import { TimeLeft } from './timeLeft'

/** Epoch times around 100 ms; each keeps `memory` of how far the one before was off. */
function epochTimes(run: number, count: number, memory: number): number[] {
  const random = new RandomStream(7, 'time-left', run)
  let off = random.normal() / Math.sqrt(1 - memory ** 2)
  return Array.from({ length: count }, () => {
    const time = 100 + 10 * off
    off = memory * off + random.normal()
    return time
  })
}

describe('TimeLeft', () => {
  it.each([0, 0.5])('is right about nine times in ten (neighbours correlated by %d)', (memory) => {
    const runs = 400
    let hits = 0
    for (let run = 0; run < runs; run += 1) {
      const times = epochTimes(run, 150, memory)
      const left = new TimeLeft()
      // The first one does not count.
      left.epochEnded(5000)
      for (const time of times.slice(0, 50)) left.epochEnded(time)
      const [low, high] = left.range(100, 100) ?? [NaN, NaN]
      const real = times.slice(50).reduce((sum, time) => sum + time, 0)
      if (low <= real && real <= high) hits += 1
    }
    // Standard error of the share: 1.5 %.
    expect(hits / runs).toBeGreaterThan(0.84)
    expect(hits / runs).toBeLessThan(0.96)
  })

  it('says nothing after few epochs, nor after the settings have changed', () => {
    const left = new TimeLeft()
    for (let epoch = 0; epoch < 5; epoch += 1) left.epochEnded(100)
    expect([left.range(10, 10), left.expect(10)]).toEqual([null, 1000])
    left.epochEnded(100)
    expect(left.range(10, 10)).toEqual([1000, 1000])
    left.restart()
    expect([left.range(10, 10), left.expect(10)]).toEqual([null, null])
  })

  it('ends sooner where the run may stop early', () => {
    const left = new TimeLeft()
    for (const time of [900, 100, 110, 90, 105, 95, 100]) left.epochEnded(time)
    const [low, high] = left.range(2, 50) ?? [NaN, NaN]
    expect(low).toBeLessThan(200)
    expect(high).toBeGreaterThan(5000)
    expect(left.range(0, 50)?.[0]).toBe(0)
  })
})
