import { describe, expect, it } from 'vitest'
import { spikesOf } from './spikes'

/** A falling loss with even noise, the same at every run. */
function noisy(steps: number): { step: number[]; loss: number[] } {
  const noise = (at: number): number => {
    const wave = Math.sin(at * 12.9898) * 43758.5453
    return wave - Math.floor(wave)
  }
  const step = Array.from({ length: steps }, (_, at) => at + 1)
  return { step, loss: step.map((at) => (1 + 0.4 * noise(at)) * (0.1 + Math.exp(-at / 60))) }
}

describe('spikes of the loss', () => {
  it('are none where it falls and jitters, not even at the steep beginning', () => {
    expect(spikesOf(noisy(600))).toEqual([])
    expect(spikesOf({ step: [1, 2, 3], loss: [9, 1, 1] })).toEqual([])
    expect(spikesOf({ step: noisy(100).step, loss: noisy(100).step.map(() => 0) })).toEqual([])
  })

  it('are the highest three, each stretch told by its highest step', () => {
    const { step, loss } = noisy(600)
    for (const [at, times] of [
      [100, 20],
      [200, 8],
      [201, 30],
      [300, 12],
      [400, 50]
    ] as const) {
      loss[at] = times * (loss[at] ?? 0)
    }
    expect(spikesOf({ step, loss }).map((spike) => spike.step)).toEqual([101, 202, 401])
  })

  it('are found beside steps that are no numbers', () => {
    const { step, loss } = noisy(200)
    loss[90] = Number.NaN
    loss[100] = 40
    expect(spikesOf({ step, loss })).toEqual([{ step: 101, loss: 40, index: 100 }])
  })
})
