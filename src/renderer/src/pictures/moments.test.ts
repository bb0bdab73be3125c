import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { momentBefore, momentText, nearestMoment, neighbourOf, stepOf } from './moments'

const moments = [0, 1, 2, 4, 8, 16]

describe('moments', () => {
  it('snap to the nearest one', () => {
    expect([0, 3, 5, 6, 7, 12, 13, 99].map((epoch) => nearestMoment(moments, epoch))).toEqual([
      0, 2, 4, 4, 8, 8, 16, 16
    ])
    expect(nearestMoment([], 3)).toBeNull()
    expect(nearestMoment([5], 0)).toBe(5)
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(500), { minLength: 1 }), fc.nat(600), (some, epoch) => {
        const sorted = some.toSorted((a, b) => a - b)
        const distance = Math.abs((nearestMoment(sorted, epoch) ?? NaN) - epoch)
        expect(distance).toBe(Math.min(...sorted.map((each) => Math.abs(each - epoch))))
      })
    )
  })

  it('are at or before an epoch', () => {
    expect([0, 3, 4, 7, 99].map((epoch) => momentBefore(moments, epoch))).toEqual([0, 2, 4, 4, 16])
    expect(momentBefore([5, 7], 1)).toBe(5)
    expect(momentBefore([], 3)).toBeNull()
  })

  it('lead to each other, and from the last one to now', () => {
    expect(neighbourOf(moments, null, -1)).toBe(16)
    expect(neighbourOf(moments, 16, -1)).toBe(8)
    expect(neighbourOf(moments, 0, -1)).toBe(0)
    expect(neighbourOf(moments, 1, -10)).toBe(0)
    expect(neighbourOf(moments, 8, 1)).toBe(16)
    expect(neighbourOf(moments, 16, 1)).toBeNull()
    expect(neighbourOf([], null, -1)).toBeNull()
  })

  it('tell their step as far as the run knows it', () => {
    const epochs = [
      { epoch: 1, step: 11 },
      { epoch: 3, step: 33 }
    ]
    expect([0, 1, 2, 3].map((epoch) => stepOf({ epochs }, epoch))).toEqual([0, 11, null, 33])
    expect(momentText(38, 418)).toBe('Epoch 38 · step 418')
    expect(momentText(38, null)).toBe('Epoch 38')
  })
})
