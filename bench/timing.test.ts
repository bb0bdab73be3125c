import { describe, expect, it } from 'vitest'
import { takeTurns, type Runner, type Timing } from './timing'

/** Needs that many microseconds a step, a little more each time it is asked; writes down when it was. */
function runner(name: string, microseconds: number, log: string[] = []): Runner & { steps: number[] } {
  const steps: number[] = []
  return {
    steps,
    time: (count) => {
      log.push(name)
      steps.push(count)
      return Promise.resolve({ microsecondsPerStep: microseconds + steps.length / 1000 })
    }
  }
}

const refuses: Runner = { time: () => Promise.resolve({ unsupported: 'has no convolution' }) }

describe('takeTurns', () => {
  it('takes timings in turns after each has warmed up', async () => {
    const log: string[] = []
    await takeTurns([runner('a', 200_000, log), runner('b', 130_000, log)], 3)
    expect(log.join('')).toBe('ab' + 'ababab')
  })

  it('times about a quarter of a second, however fast a step is', async () => {
    for (const microseconds of [2, 300, 40_000]) {
      const { steps, time } = runner('', microseconds)
      await takeTurns([{ time }], 2)
      const seconds = ((steps.at(-1) ?? 0) * microseconds) / 1e6
      expect(seconds).toBeGreaterThanOrEqual(0.125)
      expect(seconds).toBeLessThan(0.5)
    }
  })

  it('lets a runtime that compiles at first grow into its pace', async () => {
    const counts: number[] = []
    // 50 ms for whatever is first, 10 µs a step after that.
    const time = (steps: number): Promise<Timing> => {
      counts.push(steps)
      return Promise.resolve({ microsecondsPerStep: counts.length === 1 ? 50_000 : 10 })
    }
    await takeTurns([{ time }], 1)
    expect(counts.at(-1)).toBe(25_000)
  })

  it('answers the best of each, in order', async () => {
    const times = [9, 5, 2, 4]
    const falling: Runner = { time: () => Promise.resolve({ microsecondsPerStep: (times.shift() ?? 8) * 1e5 }) }
    expect(await takeTurns([falling, refuses], 3)).toEqual([
      { microsecondsPerStep: 2e5 },
      { unsupported: 'has no convolution' }
    ])
  })

  it('times a runner once whose step takes seconds', async () => {
    const slow = runner('slow', 3_000_000)
    const [timing] = await takeTurns([slow], 5)
    expect(slow.steps).toEqual([1])
    expect(timing).toEqual({ microsecondsPerStep: 3_000_000.001 })
  })

  it('takes a runner that fails in a later round for failed, and asks it no more', async () => {
    const answers: Timing[] = [{ microsecondsPerStep: 2e5 }, { unsupported: 'out of memory' }]
    const failing: Runner = { time: () => Promise.resolve(answers.shift() ?? { microsecondsPerStep: 1 }) }
    expect(await takeTurns([failing], 4)).toEqual([{ unsupported: 'out of memory' }])
  })
})
