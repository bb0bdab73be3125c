import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitRows } from './split'

const range = (count: number): Int32Array => Int32Array.from({ length: count }, (_, index) => index)

describe('splitRows', () => {
  it('keeps the share and every row once, in order', () => {
    const { trainRows, validationRows } = splitRows(range(150), null, 0.2, 1)
    expect([trainRows.length, validationRows.length]).toEqual([120, 30])
    expect([...trainRows, ...validationRows].sort((a, b) => a - b)).toEqual([...range(150)])
    expect([...validationRows]).toEqual([...validationRows].sort((a, b) => a - b))
  })

  it('is the same for the same seed and another for another', () => {
    const draw = (seed: number): string => splitRows(range(100), null, 0.3, seed).validationRows.join()
    expect(draw(7)).toBe(draw(7))
    expect(draw(7)).not.toBe(draw(8))
  })

  it('keeps nothing when the share is 0', () => {
    const { trainRows, validationRows, rareClasses } = splitRows(Int32Array.of(3, 4, 9), Int32Array.of(0, 1, 1), 0, 1)
    expect([[...trainRows], [...validationRows], rareClasses]).toEqual([[3, 4, 9], [], []])
  })

  it('is stratified by largest remainder', () => {
    // 7 : 2 : 1 of 10 rows, 3 to keep: 2.1, 0.6, 0.3 → 2, 1, 0.
    const classes = Int32Array.of(0, 0, 0, 0, 0, 0, 0, 1, 1, 2)
    const { validationRows, rareClasses } = splitRows(range(10), classes, 0.3, 1)
    expect(Array.from(validationRows, (row) => classes[row])).toEqual([0, 0, 1])
    expect(rareClasses).toEqual([2])
  })

  it('never takes the last row of a class, nor all of them, and takes at least one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(4), { minLength: 2, maxLength: 40 }),
        fc.double({ min: 0.001, max: 0.9, noNaN: true }),
        fc.nat(1000),
        (raw, share, seed) => {
          const names = [...new Set(raw)]
          fc.pre(names.length < raw.length)
          const classes = Int32Array.from(raw, (value) => names.indexOf(value))
          const { trainRows, validationRows } = splitRows(range(raw.length), classes, share, seed)
          expect(validationRows.length).toBeGreaterThan(0)
          expect(new Set(Array.from(trainRows, (row) => classes[row])).size).toBe(names.length)
          expect(trainRows.length + validationRows.length).toBe(raw.length)
          const wanted = Math.min(Math.max(1, Math.round(share * raw.length)), raw.length - names.length)
          expect(validationRows.length).toBe(wanted)
        }
      )
    )
  })

  it('draws every row about equally often', () => {
    const counts = new Array<number>(10).fill(0)
    for (let seed = 0; seed < 2000; seed++) {
      for (const row of splitRows(range(10), null, 0.3, seed).validationRows) counts[row] = (counts[row] ?? 0) + 1
    }
    // Expected 600 each, standard deviation √(2000 · 0.3 · 0.7) ≈ 20: five of them.
    for (const count of counts) expect(Math.abs(count - 600)).toBeLessThan(100)
  })
})
