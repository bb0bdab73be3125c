import { describe, expect, it } from 'vitest'
import { LOOK_SHARE, LookPace } from './look-pace'
import { ALLOWANCE_MS, TimeShare } from './time-share'

describe('a share of the time', () => {
  it('is not looked at while little was taken', () => {
    const share = new TimeShare(0.01)
    for (let count = 1; count <= 10 * ALLOWANCE_MS; count++) {
      expect(share.allows(0)).toBe(true)
      share.took(0.1)
    }
    expect(share.allows(0)).toBe(false)
  })

  it('does not take the first piece of work for what the next will be, and no more until there was time for them', () => {
    const share = new TimeShare(0.01)
    share.took(10 * ALLOWANCE_MS)
    expect(share.allows(0)).toBe(true)
    share.took(10 * ALLOWANCE_MS)
    const enough = (19.5 * ALLOWANCE_MS) / 0.01
    expect([share.allows(0), share.allows(enough - 1), share.allows(enough + 1)]).toEqual([false, false, true])
  })

  it('is kept to, whatever a piece of work takes', () => {
    for (const took of [0.1, 5, 50]) {
      const share = new TimeShare(0.01)
      share.took(took)
      let spent = 0
      for (let ms = 1; ms <= 60_000; ms++) {
        if (!share.allows(ms)) continue
        share.took(took)
        spent += took
      }
      expect(spent).toBeLessThanOrEqual(600 + ALLOWANCE_MS + 1e-6)
      expect(spent).toBeGreaterThan(500)
    }
  })
})

describe('looks at the layers', () => {
  /** Epochs after which there is a look, of so many that take 20 ms each; a look takes 5 ms more. */
  function looks(epochs: number, byClock: boolean): number[] {
    let time = 0
    const pace = new LookPace(byClock ? { now: () => time } : true)
    const found: number[] = []
    for (let epoch = 1; epoch <= epochs; epoch++) {
      pace.training(() => {
        const wanted = pace.looksAfter(epoch)
        time += 20
        expect(pace.looksAfter(epoch)).toBe(wanted)
        if (!wanted) return
        pace.looking(() => (time += 5))
        pace.looked()
        found.push(epoch)
      })
    }
    return found
  }

  it('are taken after every milestone without a clock', () => {
    expect(looks(260, false)).toEqual([...Array.from({ length: 256 }, (_, i) => i + 1), 258, 260])
  })

  it('are taken at first, and take little of the time later', () => {
    const found = looks(256, true)
    expect(found.slice(0, 2)).toEqual([1, 2])
    const trainedMs = 256 * 20
    expect(found.length * 5).toBeLessThanOrEqual(ALLOWANCE_MS + LOOK_SHARE * trainedMs + 5)
    expect(found.length * 5).toBeGreaterThan(LOOK_SHARE * trainedMs)
    // Spread over the run.
    expect(found.at(-1)).toBeGreaterThan(200)
  })

  it('are never taken where nobody watches', () => {
    expect(new LookPace(false).looksAfter(1)).toBe(false)
  })
})
