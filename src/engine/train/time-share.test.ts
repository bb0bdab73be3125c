import { describe, expect, it } from 'vitest'
import { LookPace } from './look-pace'
import { FREE_MS, TimeShare } from './time-share'

describe('a share of the time', () => {
  it('is not looked at in the first seconds', () => {
    const share = new TimeShare(0.01)
    for (let ms = 0; ms <= FREE_MS; ms += 100) {
      expect(share.allows(ms)).toBe(true)
      share.took(90, ms)
    }
  })

  it('is kept to afterwards, whatever a piece of work takes', () => {
    for (const took of [0.1, 5, 50]) {
      const share = new TimeShare(0.01)
      share.took(took, 0)
      let spent = 0
      for (let ms = FREE_MS + 1; ms <= FREE_MS + 60_000; ms++) {
        if (!share.allows(ms)) continue
        share.took(took, ms)
        spent += took
      }
      expect(spent).toBeLessThanOrEqual(600 + 1e-6)
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

  it('are all taken at first, and take little of the time later', () => {
    const found = looks(256, true)
    // 81 epochs with looks are over 2 s.
    expect(found.slice(0, 81)).toEqual(Array.from({ length: 81 }, (_, i) => i + 1))
    const later = found.filter((epoch) => epoch > 81)
    expect(later.length).toBeGreaterThan(3)
    expect(later.length * 5).toBeLessThan(0.015 * 175 * 20)
  })

  it('are never taken where nobody watches', () => {
    expect(new LookPace(false).looksAfter(1)).toBe(false)
  })
})
